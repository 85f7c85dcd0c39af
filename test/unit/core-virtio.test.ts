/** What core does for para-virtual devices: slots from the bundle, the guest's RAM, random numbers, work that goes on later. */
import { describe, expect, test } from 'vitest'
import { INSTANCE_BELOW, INSTANCE_RAM, SLOT_SHIFT, VMM_SLOT } from '../../src/abi/layout.ts'
import { MiB } from '../fake/board.ts'
import { bundle, RAM } from '../fake/bundle.ts'
import { StubVmm } from '../fake/compartment.ts'
import { Machine } from '../fake/machine.ts'
import { translate } from '../fake/stage2-walk.ts'
import { started } from '../fake/started.ts'
import type { Node } from '../fake/tree.ts'

const ENTROPY = 4
const seed = (bytes?: Uint8Array) => (tree: Node) => {
  const chosen = tree.chosen as Node | undefined
  if (!chosen) return // the bundle's tree: `started` bends both
  if (bytes) chosen['rng-seed'] = bytes
  else delete chosen['rng-seed']
}
const entropy = (vmm: StubVmm) => BigInt.asUintN(64, BigInt(vmm.core.entropy!()))

test('devices are plugged into their slots before the compartment starts', () => {
  const vms = { alpha: { virtio: [4, 0, 3] }, beta: { cores: [1] } }
  const machine = new Machine({ initrd: bundle({ vms }), vmm: (machine) => new StubVmm(machine) })
  machine.boot()
  const calls = (vm: number) => (machine.joint.vmms[vm] as StubVmm).calls
  expect(calls(0).slice(0, 3)).toEqual([
    ['plug', 0, 4],
    ['plug', 2, 3],
    ['init', 1, 3, 4, 3],
  ])
  expect(calls(1)[0]![0]).toBe('init')
})

test('a compartment is granted its own VM’s RAM, wherever it lies', () => {
  const { machine } = started({ vms: { alpha: {}, beta: { cores: [1], memory: 6 * MiB } } })
  for (const [vm, size] of [4 * MiB, 6 * MiB].entries()) {
    const at = (VMM_SLOT + vm) * 2 ** SLOT_SHIFT - INSTANCE_BELOW + INSTANCE_RAM
    const words = [0, 8, 16].map((word) => Number(machine.physical.read64(machine.mmu.translate(at + word, 'read'))))
    expect(words.slice(0, 2)).toEqual([RAM, size])
    expect(machine.mmu.translate(words[2]!, 'write')).toBe(translate(machine, vm, RAM)!.pa)
  }
})

describe('random numbers', () => {
  const two = { vms: { alpha: { virtio: [ENTROPY] }, beta: { cores: [1], virtio: [ENTROPY] } } }
  const jitter = (machine: Machine) => machine.lines.filter((line) => line.includes('timing jitter alone'))

  test('never come twice, and not to two VMs', () => {
    const { machine, vmm } = started(two)
    const seen = new Set(Array.from({ length: 50 }, () => entropy(vmm)))
    machine.current = 1
    for (let i = 0; i < 50; i++) seen.add(entropy(machine.joint.vmms[1] as StubVmm))
    expect(seen.size).toBe(100)
  })

  test('follow from the boot loader’s seed', () => {
    const first = (bytes?: Uint8Array) => entropy(started({ ...two, bend: seed(bytes) }).vmm)
    expect(first()).toBe(first())
    const long = Buffer.alloc(100, 7)
    expect(new Set([first(), first(Buffer.alloc(32, 7)), first(long), first(long.fill(8, 99))]).size).toBe(4)
  })

  test('follow from the CPU’s own source', () => {
    const first = (word: bigint) => entropy(started({ ...two, rndr: () => word }).vmm)
    expect(first(1n)).not.toBe(first(2n))
  })

  test('of jitter alone are said to be that, and only where somebody asks for them', () => {
    const bend = seed()
    expect(jitter(started({ ...two, bend }).machine)).toHaveLength(2)
    expect(jitter(started(two).machine)).toEqual([])
    expect(jitter(started({ ...two, bend, rndr: () => 5n }).machine)).toEqual([])
    expect(jitter(started({ vms: { alpha: {} }, bend }).machine)).toEqual([])
  })
})

test('work that is to go on goes on after the guest was entered, also if it never exits by itself', () => {
  const { machine, vmm } = started()
  let left = 3
  vmm.deliver = (vcpu) => {
    vmm.calls.push(['deliver', vcpu])
    if (--left > 0) vmm.core.again!()
  }
  vmm.core.again!()
  machine.pump()
  expect(vmm.fresh().filter(([name]) => name === 'deliver')).toHaveLength(3)
})
