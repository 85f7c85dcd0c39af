/** Distributor and redistributors of GICv3, register by register. IHI 0069 "Programmers' Model". */
import { describe, expect, test } from 'vitest'
import { FakeVmm } from '../fake/vmm.ts'

const GICD = 0x0800_0000
const GICR = 0x080a_0000
const SGI = GICR + 0x1_0000
const STRIDE = 0x2_0000

describe('distributor', () => {
  test('CTLR: one security state, affinity routing, two enables, no write in progress', () => {
    const vmm = new FakeVmm()
    expect(vmm.read(GICD)).toBe(0x50)
    vmm.write(GICD, 0xffff_ffff)
    expect(vmm.read(GICD)).toBe(0x53)
    vmm.write(GICD, 2)
    expect(vmm.read(GICD)).toBe(0x52)
  })

  test('TYPER and identification are read-only', () => {
    const vmm = new FakeVmm({ vcpus: 8 })
    for (const offset of [4, 8, 0xffe8]) {
      const value = vmm.read(GICD + offset)
      vmm.write(GICD + offset, ~value >>> 0)
      expect(vmm.read(GICD + offset)).toBe(value)
    }
    expect(vmm.read(GICD + 4)).toBe(8 | (9 << 19) | (1 << 25))
    expect(vmm.read(GICD + 0xffe8)).toBe(0x3b)
    expect(vmm.read(GICD + 0xc)).toBe(0)
  })

  test('INTIDs 0 to 31 live in the redistributors', () => {
    const vmm = new FakeVmm()
    for (const offset of [0x80, 0x100, 0x200, 0x300, 0x400, 0x41c, 0xc00, 0xc04]) {
      vmm.write(GICD + offset, 0xffff_ffff)
      expect(vmm.read(GICD + offset)).toBe(0)
    }
    expect(vmm.read(SGI + 0x100)).toBe(0)
  })

  test('ITARGETSR, SGIR and the SGI pending registers do nothing under affinity routing', () => {
    const vmm = new FakeVmm()
    for (const offset of [0x820, 0xf00, 0xf10, 0xf20, 0xd00, 0xd04, 0xe00, 0x40, 0x48]) {
      vmm.write(GICD + offset, 0xffff_ffff)
      expect(vmm.read(GICD + offset)).toBe(0)
    }
  })

  test('IROUTER takes 64 bits or either half; Aff3 and IRM do not exist', () => {
    const vmm = new FakeVmm({ vcpus: 2 })
    vmm.write(GICD + 0x6100, -1n, 8)
    expect(vmm.read64(GICD + 0x6100)).toBe(0x00ff_ffffn)
    vmm.write(GICD + 0x6100, 0x8000_0001)
    expect(vmm.read(GICD + 0x6100)).toBe(1)
    vmm.write(GICD + 0x6104, 0xff)
    expect(vmm.read(GICD + 0x6104)).toBe(0)
    expect(vmm.read64(GICD + 0x6100)).toBe(1n)
    for (const offset of [0x6000, 0x60f8, 0x6900, 0x7fd8]) {
      vmm.write(GICD + offset, 1n, 8)
      expect(vmm.read64(GICD + offset)).toBe(0n)
    }
  })

  test('SPIs go where IROUTER says, also when they are pending', () => {
    const vmm = new FakeVmm({ vcpus: 3 })
    vmm.write(GICD, 3)
    vmm.write(GICD + 0x104, 1)
    vmm.write(GICD + 0x204, 1)
    expect(vmm.vcpus[0]!.highest()?.intid).toBe(32)
    vmm.write(GICD + 0x6100, 2n, 8)
    expect(vmm.vcpus[0]!.highest()).toBeUndefined()
    expect(vmm.vcpus[2]!.highest()?.intid).toBe(32)
    vmm.write(GICD + 0x6100, 0x100n, 8, 1)
    expect(vmm.vcpus[2]!.highest()).toBeUndefined()
    vmm.write(GICD + 0x6100, 1n, 8, 0)
    expect(vmm.acknowledge(1)).toBe(32)
  })
})

describe('redistributors', () => {
  test('TYPER says whose it is, and which is the last', () => {
    const vmm = new FakeVmm({ vcpus: 3 })
    const typers = [0, 1, 2].map((n) => vmm.read64(GICR + n * STRIDE + 8))
    expect(typers).toEqual([0n, 0x1_0000_0100n, 0x2_0000_0210n])
    expect(vmm.read(GICR + 2 * STRIDE + 8)).toBe(0x210)
    expect(vmm.read(GICR + 2 * STRIDE + 12)).toBe(2)
    expect(vmm.read(GICR + 8, 1)).toBe(0)
  })

  test('WAKER wakes its children at once', () => {
    const vmm = new FakeVmm()
    expect(vmm.read(GICR + 0x14)).toBe(6)
    vmm.write(GICR + 0x14, 0)
    expect(vmm.read(GICR + 0x14)).toBe(0)
    vmm.write(GICR + 0x14, 2)
    expect(vmm.read(GICR + 0x14)).toBe(6)
  })

  test('identification in both frames', () => {
    const vmm = new FakeVmm()
    for (const frame of [GICR, SGI]) expect(vmm.read(frame + 0xffe8)).toBe(0x3b)
    expect(vmm.read(GICR + 4) & 0xfff).toBe(0x43b)
  })

  test('each vCPU has its own INTIDs 0 to 31, open to the others', () => {
    const vmm = new FakeVmm({ vcpus: 2 })
    vmm.write(SGI + STRIDE + 0x100, 0x0800_000f)
    expect(vmm.read(SGI + 0x100)).toBe(0)
    expect(vmm.read(SGI + STRIDE + 0x180, 4, 1)).toBe(0x0800_000f)
    vmm.write(SGI + STRIDE + 0x180, 0xf)
    expect(vmm.read(SGI + STRIDE + 0x100, 4, 1)).toBe(0x0800_0000)
  })

  test('only the registers of INTIDs 0 to 31 exist', () => {
    const vmm = new FakeVmm()
    for (const offset of [0x84, 0x104, 0x420, 0x800, 0xc08, 0xd00, 0xe00, 0x6100]) {
      vmm.write(SGI + offset, 0xffff_ffff)
      expect(vmm.read(SGI + offset)).toBe(0)
    }
    vmm.write(SGI + 0x41c, 0xffff_ffff)
    expect(vmm.read(SGI + 0x41c)).toBe(0xf8f8_f8f8)
    expect([vmm.read(SGI + 0xc00), vmm.read(SGI + 0xc04)]).toEqual([0xaaaa_aaaa, 0])
  })

  test('no LPIs', () => {
    const vmm = new FakeVmm()
    for (const offset of [0, 0x40, 0x70, 0x78]) {
      vmm.write(GICR + offset, 0xffff_ffff)
      expect(vmm.read(GICR + offset)).toBe(0)
    }
  })
})

describe('SGIs by system register', () => {
  function started() {
    const vmm = new FakeVmm({ vcpus: 4 })
    vmm.write(GICD, 3)
    for (let n = 0; n < 4; n++) vmm.write(SGI + n * STRIDE + 0x100, 0xffff)
    return vmm
  }
  const reached = (vmm: FakeVmm) => [0, 1, 2, 3].filter((vcpu) => vmm.acknowledge(vcpu) === 5)
  const INTID = 5n << 24n

  test.each([
    ['a list, absent vCPUs left out', 0xff05n | INTID, [0, 2]],
    ['all but the sender', (1n << 40n) | INTID, [0, 1, 3]],
    ['another cluster', 0xfn | (1n << 16n) | INTID, []],
    ['another Aff3', 0xfn | (1n << 48n) | INTID, []],
    ['another range', 0xfn | (1n << 44n) | INTID, []],
  ])('to %s', (_, value, targets) => {
    const vmm = started()
    vmm.sendSgi(value, 1, 2)
    expect(reached(vmm)).toEqual(targets)
  })

  test('SGI0R and ASGI1R raise group 0 only', () => {
    const vmm = started()
    vmm.write(SGI + STRIDE + 0x80, ~0x20 >>> 0)
    vmm.sendSgi(0xfn | INTID, 0)
    expect(reached(vmm)).toEqual([1])
  })

  test('ISPENDR and ICPENDR reach them', () => {
    const vmm = started()
    vmm.write(SGI + 0x200, 1 << 3)
    expect(vmm.read(SGI + 0x280)).toBe(1 << 3)
    vmm.write(SGI + 0x280, 1 << 3)
    expect(vmm.acknowledge()).toBe(1023)
  })
})
