/** Kernel files, honest and hostile: whatever the bytes, the answer is a kernel whose parts lie in the file, or a reason. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspectKernel } from '../../tool/image/kernel.ts'
import { ImageError } from '../../tool/image/reader.ts'
import { elf, image } from '../fake/kernel-file.ts'

describe('an arm64 Image', () => {
  it('says where it goes and how much it needs', () => {
    const kernel = inspectKernel(image({ textOffset: 0x8_0000, size: 0x10_0000 }), false)
    expect(kernel).toEqual({ kind: 'image', textOffset: 0x8_0000, memorySize: 0x10_0000 })
  })

  it('from before Linux 3.17 has no size', () => {
    const kernel = inspectKernel(image({ textOffset: 0, size: 0, length: 300 }), false)
    expect(kernel).toEqual({ kind: 'image', textOffset: 0x8_0000, memorySize: 300 })
  })

  it('may be longer than its header says: a signature follows', () => {
    expect(inspectKernel(image({ size: 100, length: 200 }), false)).toMatchObject({ memorySize: 200 })
  })
})

describe('an ELF file', () => {
  it('gives its segments at physical addresses', () => {
    const bytes = elf({
      entry: 0xffff_0000 + 4,
      segments: [
        { address: 0x4008_0000, virtual: 0xffff_0000, bytes: 8, memory: 32 },
        { address: 0x4010_0000, bytes: 0, memory: 64 },
      ],
    })
    const kernel = inspectKernel(bytes, false)
    expect(kernel).toMatchObject({
      kind: 'elf',
      entry: 0x4008_0004,
      segments: [
        { address: 0x4008_0000, memorySize: 32 },
        { address: 0x4010_0000, memorySize: 64 },
      ],
    })
  })

  it.each([
    ['of 32 bits', elf({ class: 1, machine: 40 }), /32-bit Arm/],
    ['for RISC-V', elf({ machine: 243 }), /RISC-V/],
    ['without segments', elf({ segments: [] }), /nothing to load/],
    ['with an address that no machine has', elf({ segments: [{ address: 2 ** 53 }] }), /0x20000000000000/],
  ])('%s is refused', (_, bytes, reason) => expect(() => inspectKernel(bytes, false)).toThrow(reason))
})

describe('any bytes', () => {
  const mutated = (base: Buffer) =>
    fc.array(fc.tuple(fc.nat(base.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }).chain((edits) =>
      fc.nat(base.length).map((cut) => {
        const bytes = Buffer.from(base)
        for (const [at, value] of edits) bytes[at] = value
        return cut % 3 ? bytes : bytes.subarray(0, cut)
      }),
    )
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    mutated(elf({ segments: [{ address: 0x4008_0000 }, { address: 0x4010_0000, memory: 4096 }] })),
    mutated(image()),
  )

  it('are a kernel within the file, or an ImageError', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (bytes, placed) => {
        try {
          const kernel = inspectKernel(bytes, placed)
          if (kernel.kind !== 'elf') return
          for (const segment of kernel.segments) {
            expect(segment.bytes.length).toBeLessThanOrEqual(segment.memorySize)
            expect(segment.bytes.length).toBeLessThanOrEqual(bytes.length)
            expect(Number.isSafeInteger(segment.address)).toBe(true)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ImageError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
