/** Addresses of VMs of run time: each follows from a name, or is the config's, and is nobody else's. */
import { describe, expect, test } from 'vitest'
import { CONTROL_ADDRESS_TAKEN, CONTROL_BAD_TEMPLATE, CONTROL_DONE } from '../../src/abi/life.ts'
import { derivedMac } from '../../tool/config/network.ts'
import { A, arrived, begin, end, MADE, macOf, network, offer, say, T, word } from '../fake/joined.ts'
import { make } from '../fake/made.ts'
import { FakeNetwork, SYSTEM } from '../fake/network.ts'

describe('addresses', () => {
  test.each([
    ['worker', 0],
    ['w', 7],
    ['a-name-of-thirty-one-characters', 12],
    ['other', 99],
  ])('of a VM %s follow from its name and the place of the device, as the tool has them', (name, place) => {
    const net = network([{ mac: T, named: place }])
    const vm = begin(net, name)
    expect(macOf(net, vm)).toBe(word(derivedMac(SYSTEM, name, place)))
    end(net, vm)
    expect(macOf(net, begin(net, name))).toBe(word(derivedMac(SYSTEM, name, place)))
  })

  test('of a system with a long name too', () => {
    const system = 'folder-'.repeat(36)
    const net = new FakeNetwork([[{}], [{}]], {
      templates: [[{ mac: T, named: 3 }]],
      bundle: {
        bend: (tree) => {
          ;(tree.bulkhead.vms as Record<string, { system: string }>).template0!.system = system
        },
      },
    })
    expect(macOf(net, begin(net, 'worker'))).toBe(word(derivedMac(system, 'worker', 3)))
  })

  test('of several VMs at once differ, and each sends in its own name alone', () => {
    const net = new FakeNetwork([[{}]], { templates: [[{ mac: T, named: 0 }], [{ mac: T, named: 0 }]] })
    net.open(0)
    offer(net, 0)
    const macs = ['one', 'two'].map((name) => derivedMac(SYSTEM, name, 0))
    const vms = ['one', 'two'].map((name, i) => make(net.machine, 1 + i, name).vm)
    expect(vms.map((vm) => macOf(net, vm))).toEqual(macs.map(word))
    for (const vm of vms) net.open(vm)
    for (const [i, vm] of vms.entries()) {
      say(net, vm, A, macs[1 - i]!)
      expect(arrived(net, 0)).toBe(0)
      say(net, vm, A, macs[i]!)
      expect(arrived(net, 0)).toBe(1)
    }
  })

  test('that the config gives are one VM’s at a time; the next is refused and takes nothing', () => {
    const net = network([{ mac: T }, { mac: '52:00:00:00:00:78' }])
    const { machine } = net
    begin(net)
    const before = [Number(machine.core.freeMemory!()), machine.mmu.leaves().length]
    expect(make(machine, MADE, 'other').code).toBe(CONTROL_ADDRESS_TAKEN)
    const after = [Number(machine.core.freeMemory!()), machine.mmu.leaves().length]
    // The ports' pages are core's for ever.
    for (let i = 0; i < 40; i++) expect(make(machine, MADE, 'other').code).toBe(CONTROL_ADDRESS_TAKEN)
    expect([Number(machine.core.freeMemory!()), machine.mmu.leaves().length]).toEqual(after)
    expect(after[1]! - before[1]!).toBeLessThanOrEqual(4)
  })

  test('of a VM of the config are nobody’s else', () => {
    expect(make(network([{ mac: A }]).machine, MADE).code).toBe(CONTROL_ADDRESS_TAKEN)
    // In another network it may be: nobody confuses them there.
    expect(make(network([{ mac: A, network: 1 }]).machine, MADE).code).toBe(CONTROL_DONE)
  })

  test('cannot follow from nothing', () => {
    const bend = (tree: { bulkhead: { vms: unknown } }) =>
      void delete (tree.bulkhead.vms as Record<string, { system?: string }>).template0!.system
    const net = new FakeNetwork([[{}], [{}]], { templates: [[{ mac: T, named: 0 }]], bundle: { bend } })
    expect(make(net.machine, MADE).code).toBe(CONTROL_BAD_TEMPLATE)
  })
})
