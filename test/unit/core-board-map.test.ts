/** A guest that looks for devices of the bare board: whose they are, in the report of a fault and once in a line of its own. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { EXPLAIN_LINES } from '../../src/abi/life.ts'
import { boardMap } from '../../tool/image/board-map.ts'
import { NEVER, stub } from '../fake/asking.ts'
import { type BundleTree, bundle, guestDtb, kernel } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { Machine } from '../fake/machine.ts'
import { PM_PA, RASPBERRY } from '../fake/raspberry.ts'
import { dataAbort, faultAt } from '../fake/syndrome.ts'

const UART3 = 0xfe20_1600
const GENET = 0xfd58_0000
const devices = {
  uart3: { compatible: [], base: UART3, size: 0x200, intids: [] },
  genet: { compatible: [], base: GENET, size: 0x1_0000, intids: [] },
}
const map = boardMap({ devices }, [
  { index: 0, passthrough: [] },
  { index: 1, passthrough: ['genet'] },
])!

function machine(bytes: Uint8Array | undefined = map, bend: (tree: BundleTree) => void = () => {}): Machine {
  const images = { kernel: { bytes: kernel }, dtb: { bytes: guestDtb }, ...(bytes && { 'hypervisor-map': { bytes } }) }
  const initrd = bundle({
    images,
    vms: { alpha: { restart: NEVER }, beta: { cores: [1] } },
    control: true,
    bend: (tree) => {
      if (bytes) tree.bulkhead.map = { image: 'hypervisor-map' }
      bend(tree)
    },
  })
  const machine = new Machine({ ...RASPBERRY, vmm: (machine) => new StubVmm(machine), initrd })
  machine.boot()
  return machine
}

const WRITE = dataAbort({ write: true, register: 3, size: 4 })

/** The VM's compartment refuses: what every device that is not there does. */
function touch(machine: Machine, ipa: number, cpu = 0, esr = WRITE): void {
  const vmm = stub(machine, machine.vcpuOn(cpu)!.vm)
  vmm.mmioWrite = (() => vmm.core.refuse!()) as never
  machine.sync(cpu, { esr, ...faultAt(ipa, ipa) })
}

const told = (machine: Machine) => machine.lines.filter((line) => line.includes('4 bytes at'))

describe('the first access', () => {
  test.each([
    [UART3 + 0x30, "the board's uart3, which no VM has: passthrough: ['uart3'] gives it"],
    [GENET + 0xffff, "the board's genet, which only VM 'beta' has"],
    [PM_PA + 0x1c, "the board's power manager, which is the hypervisor's"],
  ])('at 0x%x is told with its owner', (ipa, owner) => {
    const board = machine()
    touch(board, ipa)
    expect(told(board)).toEqual([`bulkhead | VM 'alpha': write of 4 bytes at 0x${ipa.toString(16)}, ${owner}`])
  })

  test('and no other of that VM; each VM has its own', () => {
    const board = machine()
    for (let i = 0; i < 100; i++) touch(board, UART3)
    touch(board, GENET)
    touch(board, UART3, 1)
    expect(told(board).map((line) => line.slice(0, 22))).toEqual(["bulkhead | VM 'alpha':", "bulkhead | VM 'beta': "])
  })

  test('is none where the board has nothing, nor right behind a device', () => {
    const board = machine()
    for (const ipa of [0x3f20_0000, UART3 - 1, UART3 + 0x200, GENET - 4, GENET + 0x1_0000]) touch(board, ipa)
    expect(told(board)).toEqual([])
  })
})

describe('the report of a fault', () => {
  const exitAt = (board: Machine, ipa: number) => {
    stub(board, 0).mmioWrite = trap(TRAP_UNREACHABLE) as never
    board.sync(0, { esr: WRITE, ...faultAt(ipa, ipa) })
    return board.lines.find((line) => line.includes('last exit'))!
  }

  test('names the device', () => {
    expect(exitAt(machine(), UART3)).toMatch(
      /at 0xfe201600, the board's uart3, which no VM has: passthrough: \['uart3'\] gives it$/,
    )
  })
})

describe('without a list', () => {
  const damaged = (tree: BundleTree) => {
    const image = (tree.images as Record<string, Record<string, Record<string, unknown>>>)['hypervisor-map']!
    image['hash-1']!.value = [1]
  }
  test.each([
    ['none', undefined, undefined],
    ['damaged', map, damaged],
  ])('%s: no device is named, and everything runs', (_, bytes, bend) => {
    const board = bytes ? machine(bytes, bend) : machine(new Uint8Array(0), (tree) => void delete tree.bulkhead.map)
    touch(board, UART3)
    expect(told(board)).toEqual([])
    expect(board.vcpuOn(0)!.vm).toBe(0)
    board.core.explain!(0, EXPLAIN_LINES)
  })
})
