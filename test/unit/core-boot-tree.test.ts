/** Device trees that boot cannot use: one line that says what and what to do, then nothing runs. */
import { describe, expect, test } from 'vitest'
import { DTB_AT } from '../../src/abi/layout.ts'
import { boardTree, GiB, MiB, wide } from '../fake/board.ts'
import { bundle } from '../fake/bundle.ts'
import { BUNDLE_PA, DTB_PA, Machine, type MachineOptions } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'
import { flatten, type Node } from '../fake/tree.ts'
import { CORE_PC } from '../fake/vector.ts'

const initrd = bundle()
const withTree = (bend: (tree: Node) => void) => refusal({ initrd, bend })

test('a counter whose frequency the firmware did not set', () => {
  const unset = (machine: Machine) => void machine.cpus[0]!.registers.set('cntfrq_el0', 0n)
  expect(refusal({ initrd }, DTB_PA, unset)).toBe(
    'the counter has no frequency: CNTFRQ_EL0 is 0; let the firmware set it',
  )
})

describe('the device tree', () => {
  test.each([
    ['x0 is 0', {}, 0],
    ['x0 is not aligned', {}, DTB_PA + 4],
    ['x0 names memory that is no tree', {}, GiB + 512 * MiB],
    ['the magic is wrong', { dtb: Buffer.from('not a tree'.repeat(10)) }],
    ['it is of a version that came later', { dtb: changed(flatten(boardTree()), 24, 18) }],
    ['it is of version 16', { dtb: changed(flatten(boardTree()), 20, 16) }],
    ['its structure lies outside of it', { dtb: changed(flatten(boardTree()), 8, 0xffff_fff0) }],
    ['its strings lie outside of it', { dtb: changed(flatten(boardTree()), 12, 0x7fff_ffff) }],
    ['it says that it has 3 MiB', { dtb: changed(flatten(boardTree()), 4, 3 * MiB) }],
    ['it has no root', { dtb: flatten({}).fill(0, 56, 64) }],
  ] as [string, MachineOptions, number?][])('%s', (_, options, dtb) => {
    expect(refusal(options, dtb)).toBe(
      'no device tree: x0 holds none; let the boot loader pass the DTB as it does for Linux',
    )
  })

  const noConsole = 'the device tree names no console; set /chosen/stdout-path to a UART that we drive'
  test.each<[string, (tree: Node) => void, string]>([
    ['no /chosen', (tree) => delete tree.chosen, noConsole],
    ['no stdout-path', (tree) => delete (tree.chosen as Node)['stdout-path'], noConsole],
    ['a stdout-path to nowhere', (tree) => set(tree.chosen, 'stdout-path', '/serial@1'), noConsole],
    ['a UART of another kind', (tree) => set(tree['pl011@9000000'], 'compatible', 'ns16550a'), noConsole],
    ['a UART without reg', (tree) => delete (tree['pl011@9000000'] as Node).reg, noConsole],
    [
      'no memory',
      (tree) => delete tree['memory@40000000'],
      'the device tree names no memory; give it a /memory node with a reg',
    ],
    [
      'no interrupt controller',
      (tree) => delete tree['intc@8000000'],
      'no interrupt controller that we drive; use a board with GICv2 or GICv3',
    ],
    [
      'an interrupt controller of another kind',
      (tree) => set(tree['intc@8000000'], 'compatible', 'apple,aic'),
      'no interrupt controller that we drive; use a board with GICv2 or GICv3',
    ],
    [
      'no CPUs, so none whose redistributor could be found',
      (tree) => delete tree.cpus,
      'the interrupt controller does not answer; check its node in the device tree',
    ],
  ])('names %s', (_, bend, line) => {
    expect(withTree(bend)).toBe(line)
  })

  test.each([
    ['the hypervisor interface', 2],
    ["the guests' interface", 3],
  ])('names a GICv2 without %s', (_, regs) => {
    const bend = (tree: Node) =>
      set(
        tree['intc@8000000'],
        'reg',
        [0x800_0000, 0x801_0000, 0x803_0000].slice(0, regs).flatMap((pa) => [0, pa, 0, 0x1_0000]),
      )
    expect(refusal({ gic: 2, initrd, bend })).toMatch(/^the interrupt controller does not answer/)
  })

  /** RAM with a reserved page at each of `places`. */
  const split = (places: number[]) => {
    const reserved = places.map((place): [bigint, bigint] => [BigInt(place), 0x1000n])
    const options = { ram: [{ start: GiB, size: 16 * GiB }], bundle: { start: BUNDLE_PA, size: initrd.length } }
    return { ...options, initrd, dtb: flatten(boardTree(options), { reserved }) }
  }

  test('names more pieces of memory than there is room for', () => {
    const places = Array.from({ length: 40 }, (_, i) => GiB + (300 + 2 * i) * MiB)
    expect(refusal(split(places))).toBe('memory is in too many pieces; reserve fewer ranges')
  })

  test('names memory that is split everywhere: its tables come out of the largest piece', () => {
    // Each splits a GiB, which then needs two tables more than before.
    const machine = new Machine(split(Array.from({ length: 12 }, (_, i) => (2 + i) * GiB + 12 * MiB + 0x3000)))
    expect(machine.boot()).toBeDefined()
  })

  test.each([
    ['below RAM', 0x1000, 0x2000],
    ['above RAM', 2 * GiB, 2 * GiB + 0x1000],
    ['across the end of RAM', 2 * GiB - 0x1000, 2 * GiB + 0x1000],
    ['beyond every address', 0xffff_ffff_0000, 0xffff_ffff_f000],
  ])('names an initrd %s', (_, start, end) => {
    const bend = (tree: Node) => {
      set(tree.chosen, 'linux,initrd-start', wide(start))
      set(tree.chosen, 'linux,initrd-end', wide(end))
    }
    expect(refusal({ initrd, bend })).toMatch(/^the initrd lies outside memory; /)
  })

  test('takes an initrd address of one cell', () => {
    const bend = (tree: Node) => {
      set(tree.chosen, 'linux,initrd-start', [BUNDLE_PA])
      set(tree.chosen, 'linux,initrd-end', [BUNDLE_PA + initrd.length])
    }
    expect(new Machine({ initrd, bend }).boot()).toBeDefined()
  })
})

test('x0 names no memory at all: the fault that its reading takes is told like any other bad x0', () => {
  const machine = new Machine()
  machine.boot(0)
  machine.enter(0, () => machine.core.onFault(0x9600_0050n, CORE_PC, BigInt(DTB_AT + 0x40), 0n))
  expect(machine.lines).toHaveLength(2)
  expect(machine.lines[1]).toBe(machine.lines[0])
})

function changed(blob: Buffer, at: number, value: number): Buffer {
  blob.writeUInt32BE(value, at)
  return blob
}

function set(node: Node[string], name: string, value: Node[string]): void {
  ;(node as Node)[name] = value
}
