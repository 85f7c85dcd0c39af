/** RAM that a VM gives back: what its stage 2 maps, block by block and page by page, and what it finds when it is there again. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ask } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import type { Machine } from '../fake/machine.ts'
import { translate } from '../fake/stage2-walk.ts'
import { started } from '../fake/started.ts'

const BALLOON = 5
const PAGE = 4096
const BLOCK = 2 * MiB
const MEMORY = 8 * MiB
const PAGES = MEMORY / PAGE
/** A data abort of a lower level, a load of 64 bits into x3; a translation fault of level 3. */
const LOAD = (0x24n << 26n) | (1n << 25n) | (1n << 24n) | (3n << 22n) | (3n << 16n) | (1n << 15n) | 7n
const PAIR = (0x24n << 26n) | (1n << 25n) | 7n
const FETCH = (0x20n << 26n) | (1n << 25n) | 7n

function machineWith(memory = MEMORY, restart = 0) {
  const { machine, vmm } = started({ vms: { alpha: { virtio: [BALLOON], memory, restart }, beta: { cores: [1] } } })
  // No device is there.
  vmm.mmioRead = () => {
    vmm.core.refuse!()
    return 0n
  }
  return { machine }
}

const out = (machine: Machine, page: number, count: number, ram = RAM) =>
  ask(machine, ({ core }) => void core.ramTakeOut!(BigInt(ram + page * PAGE), count))
const back = (machine: Machine, page: number, count: number, ram = RAM) =>
  ask(machine, ({ core }) => void core.ramPutBack!(BigInt(ram + page * PAGE), count))
const mapped = (machine: Machine, page: number) => translate(machine, 0, RAM + page * PAGE)
const touch = (machine: Machine, page: number, esr = LOAD) => {
  const ipa = BigInt(RAM + page * PAGE)
  return machine.sync(0, { esr, far: ipa, hpfar: ipa >> 8n })
}

test('pages go and come one by one; their neighbours stay where they were', () => {
  const { machine } = machineWith()
  const base = mapped(machine, 0)!.pa
  expect(mapped(machine, 700)).toMatchObject({ block: BLOCK })
  machine.physical.write(base + 701 * PAGE, Buffer.from('secret'))
  out(machine, 701, 2)
  expect([700, 701, 702, 703].map((page) => mapped(machine, page)?.pa)).toEqual([
    base + 700 * PAGE,
    undefined,
    undefined,
    base + 703 * PAGE,
  ])
  expect(mapped(machine, 700)).toMatchObject({ block: PAGE, memory: 15, shareability: 3, executable: true })
  back(machine, 701, 1)
  expect([701, 702].map((page) => mapped(machine, page)?.pa)).toEqual([base + 701 * PAGE, undefined])
  expect(machine.physical.read(base + 701 * PAGE, 6)).toEqual(Buffer.alloc(6))
})

test('what never left keeps what it holds', () => {
  const { machine } = machineWith()
  const { pa } = mapped(machine, 5)!
  machine.physical.write(pa, Buffer.from('kept'))
  out(machine, 6, 1)
  back(machine, 5, 2)
  expect(machine.physical.read(pa, 4)).toEqual(Buffer.from('kept'))
})

test('a whole block goes at once, whatever it was made of', () => {
  const { machine } = machineWith()
  out(machine, 512, 512)
  out(machine, 1030, 3)
  out(machine, 1024, 512)
  const gone = Array.from({ length: PAGES }, (_, page) => page).filter((page) => !mapped(machine, page))
  expect([gone.length, gone[0], gone.at(-1)]).toEqual([1024, 512, 1535])
})

test('what is not the VM’s RAM stays as it is', () => {
  const { machine } = machineWith()
  for (const [page, count] of [
    [-1, 1],
    [PAGES - 1, 2],
    [PAGES, 1],
    [0, 513],
    [0, 0],
    [1, 0xffff_ffff],
    [2 ** 40, 1],
  ] as const) {
    out(machine, page, count)
    back(machine, page, count)
  }
  ask(machine, ({ core }) => void core.ramTakeOut!(BigInt(RAM + 8), 1))
  expect(Array.from({ length: PAGES }, (_, page) => mapped(machine, page)).every(Boolean)).toBe(true)
})

test('a VM without a balloon gives nothing back', () => {
  const { machine } = started({ vms: { alpha: { memory: MEMORY } } })
  out(machine, 0, 1)
  expect(mapped(machine, 0)).toBeDefined()
})

describe('a touch of what was given back', () => {
  test.each([
    ['a load', LOAD],
    ['a load of a pair, which leaves no syndrome', PAIR],
    ['a fetch', FETCH],
    ['a table walk', LOAD | (1n << 7n)],
  ])('by %s brings back zeroes, and happens again', (_, esr) => {
    const { machine } = machineWith()
    const { pa } = mapped(machine, 40)!
    machine.physical.write(pa, Buffer.from('old'))
    out(machine, 40, 1)
    const vcpu = machine.vcpuOn(0)!
    const before = vcpu.elr
    touch(machine, 40, esr)
    expect([vcpu.elr, mapped(machine, 40)?.pa]).toEqual([before, pa])
    expect(machine.physical.read(pa, 3)).toEqual(Buffer.alloc(3))
  })

  test('brings 64 KiB where all of them are away, else the page alone', () => {
    const { machine } = machineWith()
    out(machine, 512, 512)
    touch(machine, 600)
    const here = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => from + i).filter((page) => mapped(machine, page))
    expect(here(512, 1024)).toEqual(Array.from({ length: 16 }, (_, i) => 592 + i))
    out(machine, 593, 2)
    touch(machine, 593)
    expect(here(592, 596)).toEqual([592, 593, 595])
  })

  test('of what is there, because another vCPU brought it: happens again', () => {
    const { machine } = machineWith()
    const vcpu = machine.vcpuOn(0)!
    const before = vcpu.elr
    touch(machine, 3)
    expect(vcpu.elr).toBe(before)
  })

  test('beyond RAM is what it always was', () => {
    const { machine } = machineWith()
    const vcpu = machine.vcpuOn(0)!
    const before = vcpu.elr
    touch(machine, PAGES)
    expect(vcpu.elr).not.toBe(before)
  })
})

test('its next life finds all of its RAM, in blocks, and as zeroes', () => {
  const { machine } = machineWith(MEMORY, 2)
  const base = mapped(machine, 0)!.pa
  out(machine, 0x300, 0x80)
  out(machine, 1024, 512)
  machine.physical.write(base + 0x310 * PAGE, Buffer.from('old'))
  ask(machine, ({ core }) => void core.vmStop!(1))
  machine.pump()
  expect(Array.from({ length: 4 }, (_, i) => mapped(machine, i * 512))).toEqual(
    Array.from({ length: 4 }, (_, i) => expect.objectContaining({ pa: base + i * BLOCK, block: BLOCK })),
  )
  expect(machine.physical.read(base + 0x310 * PAGE, 3)).toEqual(Buffer.alloc(3))
  out(machine, 1, 1)
  expect([mapped(machine, 0)?.pa, mapped(machine, 1)]).toEqual([base, undefined])
})

test('any order of giving, getting and touching: the same pages as in a plain list, and tables never run out', () => {
  const step = fc.record({
    what: fc.constantFrom('out', 'back', 'touch'),
    page: fc.nat(PAGES + 20),
    count: fc.nat(520),
  })
  const property = fc.property(fc.array(step, { minLength: 10, maxLength: 25 }), (steps) => {
    const { machine } = machineWith()
    const base = mapped(machine, 0)!.pa
    const here = Array.from({ length: PAGES }, () => true)
    for (const { what, page, count } of steps) {
      if (what === 'touch') {
        if (page >= PAGES || here[page]) continue
        touch(machine, page)
        const first = page & ~15
        const whole = here.slice(first, first + 16).every((is) => !is)
        here.fill(true, whole ? first : page, whole ? first + 16 : page + 1)
        continue
      }
      ;(what === 'out' ? out : back)(machine, page, count)
      if (count > 0 && count <= 512 && page + count <= PAGES) here.fill(what === 'back', page, page + count)
    }
    const found = here.map((_, page) => mapped(machine, page))
    expect(found.map(Boolean)).toEqual(here)
    for (const [page, translation] of found.entries()) if (translation) expect(translation.pa).toBe(base + page * PAGE)
  })
  fc.assert(property, { numRuns: 6 })
})
