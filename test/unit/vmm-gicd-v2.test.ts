/** The distributor of GICv2, register by register. IHI 0048 "Distributor register descriptions". */
import { describe, expect, test } from 'vitest'
import { hex } from '../fake/named.ts'
import { FakeVmm } from '../fake/vmm.ts'

const GICD = 0x0800_0000
const CTLR = GICD
const SGIR = GICD + 0xf00

describe.each([1, 4])('with %i vCPUs', (vcpus) => {
  const vmm = new FakeVmm({ version: 2, vcpus })

  test('TYPER: 288 interrupts, the number of vCPUs, no security extensions; read-only', () => {
    vmm.write(GICD + 4, 0xffff_ffff)
    expect(vmm.read(GICD + 4)).toBe(8 | ((vcpus - 1) << 5))
  })

  test('identification', () => {
    expect(vmm.read(GICD + 8) & 0xfff).toBe(0x43b)
    expect(vmm.read(GICD + 0xfe8) >> 4).toBe(2)
    const cidr = [0xff0, 0xff4, 0xff8, 0xffc].map((offset) => vmm.read(GICD + offset))
    expect(cidr).toEqual([0x0d, 0xf0, 0x05, 0xb1])
  })

  test('CTLR has two enables', () => {
    vmm.write(CTLR, 0xffff_ffff)
    expect(vmm.read(CTLR)).toBe(3)
    vmm.write(CTLR, 0)
    expect(vmm.read(CTLR)).toBe(0)
  })

  test('SGIs are enabled and edge-triggered for good, PPIs level-sensitive', () => {
    vmm.write(GICD + 0x180, 0xffff_ffff)
    expect(vmm.read(GICD + 0x100)).toBe(0xffff)
    vmm.write(GICD + 0xc00, 0)
    vmm.write(GICD + 0xc04, 0xffff_ffff)
    expect(vmm.read(GICD + 0xc00)).toBe(0xaaaa_aaaa)
    expect(vmm.read(GICD + 0xc04)).toBe(0)
  })

  test('ISPENDR and ICPENDR do not reach SGIs', () => {
    vmm.write(GICD + 0x200, 0xffff)
    expect(vmm.read(GICD + 0x200)).toBe(0)
  })

  test('ITARGETSR shows vCPUs that exist', () => {
    const existing = vcpus === 1 ? 0 : 0xf
    vmm.write(GICD + 0x820, 0xffff_ffff)
    expect(vmm.read(GICD + 0x820)).toBe(existing * 0x0101_0101)
    vmm.write(GICD + 0x821, 2, 1)
    expect(vmm.read(GICD + 0x820, 1)).toBe(existing)
    expect(vmm.read(GICD + 0x821, 1)).toBe(vcpus === 1 ? 0 : 2)
    vmm.write(GICD + 0x800, 0xffff_ffff)
    expect(vmm.read(GICD + 0x800, 4, vcpus - 1)).toBe(vcpus === 1 ? 0 : 0x0808_0808)
  })

  test('registers of INTIDs 0 to 31 are banked', () => {
    vmm.write(GICD + 0x400, 0x10, 1)
    vmm.write(GICD + 0x100, 1 << 27)
    if (vcpus === 1) return
    expect(vmm.read(GICD + 0x400, 1, 1)).toBe(0)
    expect(vmm.read(GICD + 0x100, 4, 1)).toBe(0xffff)
  })
})

describe('word registers of SPIs', () => {
  test.each(hex([0x104, 0x204, 0x304]))('set at %s, clear 0x80 above', (_, offset) => {
    const vmm = new FakeVmm({ version: 2 })
    vmm.write(GICD + offset, 0xf0)
    vmm.write(GICD + offset, 0x0f00)
    expect(vmm.read(GICD + offset)).toBe(0xff0)
    expect(vmm.read(GICD + offset + 0x80)).toBe(0xff0)
    vmm.write(GICD + offset + 0x80, 0x110)
    expect(vmm.read(GICD + offset)).toBe(0xee0)
    expect(vmm.read(GICD + offset + 4)).toBe(0)
  })

  test('IGROUPR is readable and writable', () => {
    const vmm = new FakeVmm({ version: 2 })
    expect(vmm.read(GICD + 0x84)).toBe(0)
    vmm.write(GICD + 0x84, 0x1234_5678)
    expect(vmm.read(GICD + 0x84)).toBe(0x1234_5678)
  })

  test('ICFGR: the lower bit of each pair is zero', () => {
    const vmm = new FakeVmm({ version: 2 })
    vmm.write(GICD + 0xc08, 0xdead_beef)
    vmm.write(GICD + 0xc0c, 0x1234_5678)
    expect(vmm.read(GICD + 0xc08) >>> 0).toBe((0xdead_beef & 0xaaaa_aaaa) >>> 0)
    expect(vmm.read(GICD + 0xc0c)).toBe(0x1234_5678 & 0xaaaa_aaaa)
  })

  test('IPRIORITYR has five bits, by bytes and words', () => {
    const vmm = new FakeVmm({ version: 2 })
    vmm.write(GICD + 0x420, 0xffff_ffff)
    expect(vmm.read(GICD + 0x420)).toBe(0xf8f8_f8f8)
    vmm.write(GICD + 0x421, 0x17, 1)
    expect(vmm.read(GICD + 0x420)).toBe(0xf8f8_10f8)
    vmm.write(GICD + 0x422, 0xabcd, 2)
    expect(vmm.read(GICD + 0x422, 2)).toBe(0xa8c8)
  })

  test('beyond the last INTID everything is RAZ/WI', () => {
    const vmm = new FakeVmm({ version: 2, vcpus: 2 })
    for (const offset of [0xa4, 0x124, 0x1a4, 0x224, 0x324, 0x520, 0x920, 0xc48, 0xd00, 0xe00, 0x40, 0x1000, 0xfffc]) {
      vmm.write(GICD + offset, 0xffff_ffff)
      expect(vmm.read(GICD + offset)).toBe(0)
    }
    expect(vmm.refusals).toBe(0)
  })
})

describe('widths', () => {
  const vmm = new FakeVmm({ version: 2 })

  test('a narrow read gives the register’s bytes', () => {
    vmm.write(GICD + 0x84, 0x8765_4321)
    expect(vmm.read(GICD + 0x85, 1)).toBe(0x43)
    expect(vmm.read(GICD + 0x86, 2)).toBe(0x8765)
  })

  test('a narrow write reaches set and clear registers only', () => {
    vmm.write(GICD + 0x105, 0x80, 1)
    expect(vmm.read(GICD + 0x104)).toBe(0x8000)
    vmm.write(GICD + 0x185, 0x80, 1)
    expect(vmm.read(GICD + 0x104)).toBe(0)
    vmm.write(GICD + 0x84, 0, 1)
    vmm.write(CTLR, 3, 1)
    expect(vmm.read(GICD + 0x84)).toBe(0x8765_4321)
    expect(vmm.read(CTLR)).toBe(0)
  })

  test('64 bits and unaligned words are RAZ/WI', () => {
    vmm.write(GICD + 0x88, -1n, 8)
    vmm.write(GICD + 0x89, -1, 4)
    expect(vmm.read(GICD + 0x88)).toBe(0)
    expect(vmm.read64(GICD)).toBe(0n)
    expect(vmm.read(GICD + 5, 4)).toBe(0)
  })
})

describe('SGIs', () => {
  function started(vcpus: number) {
    const vmm = new FakeVmm({ version: 2, vcpus })
    vmm.write(CTLR, 1)
    return vmm
  }

  test.each([
    ['the list', (0b1010 << 16) | 5, [1, 3]],
    ['all but the sender', (1 << 24) | 5, [1, 2, 3]],
    ['the sender', (2 << 24) | 5, [0]],
    ['nobody, by the reserved filter', (3 << 24) | (0xff << 16) | 5, []],
  ])('go to %s', (_, value, targets) => {
    const vmm = started(4)
    vmm.write(SGIR, value)
    const reached = [0, 1, 2, 3].filter((vcpu) => vmm.acknowledge(vcpu) === 5)
    expect(reached).toEqual(targets)
  })

  test('of several senders are taken one by one, each with its source', () => {
    const vmm = started(4)
    for (const sender of [3, 1, 2]) vmm.write(SGIR, (1 << 16) | 7, 4, sender)
    expect(vmm.read(GICD + 0xf24)).toBe(0b1110 << 24)
    const sources = []
    for (let n = 0; n < 3; n++) {
      const { intid, source } = vmm.acknowledgeFrom(0)
      expect(intid).toBe(7)
      sources.push(source)
      vmm.end(7, 0, source)
    }
    expect(sources.sort()).toEqual([1, 2, 3])
    expect(vmm.acknowledge(0)).toBe(1023)
    expect(vmm.read(GICD + 0xf24)).toBe(0)
  })

  test('of one sender, then of another, each name the sender of that time', () => {
    const vmm = started(3)
    for (const sender of [1, 1, 2, 1, 2, 2]) {
      vmm.write(SGIR, (1 << 16) | 7, 4, sender)
      expect(vmm.acknowledgeFrom(0)).toEqual({ intid: 7, source: sender })
      vmm.end(7, 0, sender)
      expect(vmm.acknowledge(0)).toBe(1023)
    }
  })

  test('can be set and cleared by sender', () => {
    const vmm = started(4)
    vmm.write(GICD + 0xf21, 0xff, 1)
    expect(vmm.read(GICD + 0xf20)).toBe(0x0f00)
    expect(vmm.read(GICD + 0x200)).toBe(1 << 1)
    vmm.write(GICD + 0xf10, 0x0d00)
    expect(vmm.read(GICD + 0xf10)).toBe(0x0200)
    expect(vmm.acknowledgeFrom()).toEqual({ intid: 1, source: 1 })
    vmm.end(1, 0, 1)
    expect(vmm.acknowledge()).toBe(1023)
  })

  test('again from the same sender while active are pending again', () => {
    const vmm = started(1)
    vmm.write(SGIR, 2 << 24)
    expect(vmm.acknowledge()).toBe(0)
    vmm.write(SGIR, 2 << 24)
    vmm.write(SGIR, 2 << 24)
    expect(vmm.acknowledge()).toBe(1023)
    vmm.end(0)
    expect(vmm.acknowledge()).toBe(0)
    vmm.end(0)
    expect(vmm.acknowledge()).toBe(1023)
  })
})
