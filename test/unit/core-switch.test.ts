/** The switch's compartment fails: a frame is lost, and everything else goes on. */
import { describe, expect, test } from 'vitest'
import { TRAP_MEMORY, TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { STATE_ABSENT } from '../../src/abi/life.ts'
import { state } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { trap } from '../fake/compartment.ts'
import { arrived, begin, end, network, say, T } from '../fake/joined.ts'
import { FakeNetwork, MACS } from '../fake/network.ts'

const [A, B] = MACS as [string, string]
const payload = (length: number) => Buffer.alloc(length, 0x61)

/** VM 1 has offered two buffers. */
function pair(): FakeNetwork {
  const net = new FakeNetwork([[{}], [{}]])
  net.open(0)
  net.open(1)
  net.offer(1, 0, MiB, [2048])
  net.offer(1, 1, 2 * MiB, [2048])
  return net
}

describe('a switch that fails', () => {
  test.each([
    ['a trap', trap(TRAP_UNREACHABLE)],
    ['a fault', trap(TRAP_MEMORY, 0x26_0000_0008n)],
  ])('by %s loses that frame, says so, and begins anew with its ports', (_, fail) => {
    const net = pair()
    const { joint, lines } = net.machine
    const before = lines.length
    joint.breakNet = (name) => {
      joint.breakNet = () => {}
      expect(name).toBe('forward')
      fail()
    }
    net.send(0, { to: B, from: A, payload: payload(100) })
    expect(net.take(1)).toEqual([])
    net.send(0, { to: B, from: A, payload: payload(100) })
    expect(net.take(1)).toEqual([[0, 126]])
    const said = net.machine.lines.slice(before).join('\n')
    expect(said).toMatch(/the network switch failed \(fault 1\): .*; it began anew/)
  })

  test('whenever it begins is left alone: nobody gets a frame, and VMs run on', () => {
    const net = pair()
    net.machine.joint.breakNet = trap(TRAP_UNREACHABLE)
    net.send(0, { to: B, from: A, payload: payload(100) })
    net.machine.joint.breakNet = () => {}
    net.send(0, { to: B, from: A, payload: payload(100) })
    expect(net.take(1)).toEqual([])
    expect(net.machine.lines.join('\n')).toMatch(
      /the network switch failed .*; frames that it has not placed before are lost/,
    )
  })
})

describe('while VMs of run time come and go, a switch that fails', () => {
  test.each(['addPort', 'removePort'])('in %s begins anew with those that are there', (where) => {
    const net = network()
    const { joint, lines } = net.machine
    const fail = (name: string) => {
      if (name !== where) return
      joint.breakNet = () => {}
      trap(TRAP_UNREACHABLE)()
    }
    if (where === 'addPort') joint.breakNet = fail
    const vm = begin(net)
    say(net, 0, T)
    expect(arrived(net, vm)).toBe(1)
    joint.breakNet = where === 'removePort' ? fail : joint.breakNet
    const before = lines.length
    end(net, vm)
    say(net, 0, T)
    say(net, 0, B)
    expect(arrived(net, 1)).toBe(1)
    if (where === 'removePort') expect(net.machine.lines.slice(before).join('\n')).toMatch(/the network switch failed/)
    const next = begin(net)
    say(net, 0, T)
    expect(arrived(net, next)).toBe(1)
  })

  test('for good hinders none: they come and go, nobody gets a frame', () => {
    const net = network()
    net.machine.joint.breakNet = trap(TRAP_UNREACHABLE)
    const vm = begin(net)
    say(net, 0, T)
    expect(arrived(net, vm)).toBe(0)
    end(net, vm)
    expect(state(net.machine, vm)).toBe(STATE_ABSENT)
  })
})
