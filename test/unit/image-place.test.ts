/** Kernel, initrd and DTB in a guest's RAM. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lifeOf } from '../../tool/config/life.ts'
import type { Vm } from '../../tool/config/system.ts'
import { place } from '../../tool/image/place.ts'

const MiB = 2 ** 20
const RAM = 0x4000_0000

function vm(memory: number, fields: Partial<Vm> = {}): Vm {
  return {
    index: 0,
    name: 'a',
    cpus: 1,
    memory,
    kernel: { file: 'Image' },
    dtb: { generated: true },
    devices: [],
    virtio: [],
    ramBase: RAM,
    passthrough: [],
    trustedDma: false,
    debug: false,
    control: false,
    places: [],
    life: lifeOf({ name: 'a', memory, kernel: 'Image' }),
    ...fields,
  }
}

const linux = { kind: 'image', textOffset: 0, memorySize: 30 * MiB } as const

describe('Linux', () => {
  it('goes where QEMU puts it, the DTB below and the initrd behind', () => {
    const { placement, problems } = place(vm(256 * MiB), linux, { kernel: 28 * MiB, initrd: 5 * MiB, dtb: 2000 })
    expect(problems).toEqual([])
    expect(placement).toMatchObject({
      entry: RAM + 2 * MiB,
      x0: RAM,
      kernel: [{ address: RAM + 2 * MiB, size: 30 * MiB }],
      initrd: { address: RAM + 32 * MiB },
      dtb: { address: RAM },
    })
  })

  it('keeps its text_offset', () => {
    const { placement } = place(vm(64 * MiB), { ...linux, textOffset: 0x8_0000 }, { kernel: MiB, dtb: 2000 })
    expect(placement.entry).toBe(RAM + 2 * MiB + 0x8_0000)
  })

  it('starts at the first byte of a RAM that is too small for more, and the DTB goes behind', () => {
    const { placement, problems } = place(vm(31 * MiB), linux, { kernel: MiB, dtb: 2000 })
    expect(problems).toEqual([])
    expect(placement).toMatchObject({ entry: RAM, x0: RAM + 30 * MiB })
  })

  it('is told how much RAM is enough', () => {
    const { problems } = place(vm(16 * MiB), linux, { kernel: MiB, initrd: 5 * MiB, dtb: 2000 })
    expect(problems).toMatchObject([{ path: 'vms[0].memory', remedy: "write '38M' or more" }])
    expect(place(vm(38 * MiB), linux, { kernel: MiB, initrd: 5 * MiB, dtb: 2000 }).problems).toEqual([])
  })
})

describe('a program at the start of RAM', () => {
  it('moves the DTB out of its way', () => {
    const program = {
      kind: 'elf',
      entry: RAM,
      segments: [{ address: RAM, bytes: new Uint8Array(16), memorySize: 0x9000 }],
    }
    const { placement, problems } = place(vm(0x1_0000), program as never, { kernel: 16, dtb: 2000 })
    expect(problems).toEqual([])
    expect(placement).toMatchObject({ entry: RAM, x0: RAM + 0x9000 })
  })

  it('gets no DTB when it wants none', () => {
    const wish = vm(0x1_0000, { kernel: { file: 'a', load: RAM }, dtb: { generated: false } })
    expect(place(wish, { kind: 'flat' }, { kernel: 16 }).placement).toMatchObject({ entry: RAM, x0: 0 })
  })
})

describe('whatever the sizes', () => {
  const pages = (most: number) => fc.integer({ min: 1, max: most }).map((count) => count * 4096)

  it('nothing overlaps and nothing lies outside, or there is a reason', () => {
    fc.assert(
      fc.property(
        pages(20_000),
        pages(8_000),
        fc.option(fc.integer({ min: 1, max: 4 * MiB }), { nil: undefined }),
        fc.integer({ min: 100, max: 70_000 }),
        fc.constantFrom(0, 0x8_0000),
        fc.option(fc.nat(100 * MiB), { nil: undefined }),
        (memory, kernelSize, initrd, dtb, textOffset, dtbOffset) => {
          const wish = vm(memory, dtbOffset === undefined ? {} : { dtb: { generated: true, address: RAM + dtbOffset } })
          const kernel = { kind: 'image', textOffset, memorySize: kernelSize } as const
          const { placement, problems } = place(wish, kernel, { kernel: kernelSize, initrd, dtb })
          if (problems.length > 0) return
          const spots = [...placement.kernel, placement.initrd, placement.dtb].filter((spot) => spot !== undefined)
          expect(spots).toHaveLength(initrd === undefined ? 2 : 3)
          const inOrder = spots.sort((a, b) => a.address - b.address)
          let end = RAM
          for (const spot of inOrder) {
            expect(spot.address).toBeGreaterThanOrEqual(end)
            end = spot.address + spot.size
          }
          expect(end).toBeLessThanOrEqual(RAM + memory)
          expect((placement.entry - textOffset) % (2 * MiB)).toBe(0)
          expect(placement.x0 % 8).toBe(0)
        },
      ),
      { numRuns: 500 },
    )
  })
})
