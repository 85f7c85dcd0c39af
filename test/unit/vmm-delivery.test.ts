/** Interrupts on their way through the list registers, as a guest meets them. */
import { describe, expect, test } from 'vitest'
import { FakeVmm } from '../fake/vmm.ts'

const GICD = 0x0800_0000
const SGI_BASE = 0x080b_0000
const ISENABLER = 0x100
const ICENABLER = 0x180
const ISPENDR = 0x200
const ICPENDR = 0x280
const ISACTIVER = 0x300
const ICACTIVER = 0x380
const NONE = 1023
const TIMER = 1 << 27

/** A GICv3 VM with everything enabled in the distributor and SPIs 32 to 63 enabled at priority 8 * n. */
function started(listRegisters = 4) {
  const vmm = new FakeVmm({ listRegisters })
  vmm.write(GICD, 3)
  vmm.write(GICD + ISENABLER + 4, 0xffff_ffff)
  vmm.write(SGI_BASE + ISENABLER, 0xffff_ffff)
  for (let n = 0; n < 32; n++) vmm.write(GICD + 0x420 + n, n * 8, 1)
  return vmm
}

const pend = (vmm: FakeVmm, bits: number) => vmm.write(GICD + ISPENDR + 4, bits)

describe('the timer', () => {
  test('goes round by hardware alone', () => {
    const vmm = started()
    for (let n = 0; n < 3; n++) {
      vmm.timer(27, true)
      expect(vmm.acknowledge()).toBe(27)
      vmm.timer(27, false)
      vmm.end(27)
      expect(vmm.physical[0]!.size).toBe(0)
    }
    expect(vmm.acknowledge()).toBe(NONE)
  })

  test('fires again at its end while its line is high', () => {
    const vmm = started()
    vmm.timer(27, true)
    expect(vmm.acknowledge()).toBe(27)
    vmm.end(27)
    expect(vmm.acknowledge()).toBe(27)
  })

  test('waits while disabled, active physically, and comes when enabled', () => {
    const vmm = started()
    vmm.write(SGI_BASE + ICENABLER, TIMER)
    vmm.timer(27, true)
    expect(vmm.acknowledge()).toBe(NONE)
    expect(vmm.physical[0]!.has(27)).toBe(true)
    expect(vmm.read(SGI_BASE + ISPENDR)).toBe(TIMER)
    vmm.write(SGI_BASE + ISENABLER, TIMER)
    expect(vmm.acknowledge()).toBe(27)
  })

  test('is given back if its line fell while it was disabled', () => {
    const vmm = started()
    vmm.write(SGI_BASE + ICENABLER, TIMER)
    vmm.timer(27, true)
    vmm.timer(27, false)
    expect(vmm.read(SGI_BASE + ISPENDR)).toBe(0)
    vmm.write(SGI_BASE + ISENABLER, TIMER)
    expect(vmm.physical[0]!.size).toBe(0)
    expect(vmm.acknowledge()).toBe(NONE)
    vmm.timer(27, true)
    expect(vmm.acknowledge()).toBe(27)
  })

  test('leaves its list register when disabled before the guest takes it', () => {
    const vmm = started()
    vmm.timer(27, true)
    vmm.write(SGI_BASE + ICENABLER, TIMER)
    expect(vmm.acknowledge()).toBe(NONE)
    vmm.write(SGI_BASE + ISENABLER, TIMER)
    expect(vmm.acknowledge()).toBe(27)
    vmm.timer(27, false)
    vmm.end(27)
    expect(vmm.physical[0]!.size).toBe(0)
  })

  test('ICACTIVER while in service deactivates the physical one too', () => {
    const vmm = started()
    vmm.timer(27, true)
    vmm.acknowledge()
    vmm.timer(27, false)
    vmm.write(SGI_BASE + ICACTIVER, TIMER)
    expect(vmm.read(SGI_BASE + ISACTIVER)).toBe(0)
    expect(vmm.physical[0]!.size).toBe(0)
  })

  test('made pending by register while in service comes once more', () => {
    const vmm = started()
    vmm.timer(27, true)
    vmm.acknowledge()
    vmm.timer(27, false)
    vmm.write(SGI_BASE + ISPENDR, TIMER)
    expect(vmm.read(SGI_BASE + ISPENDR)).toBe(TIMER)
    vmm.end(27)
    expect(vmm.acknowledge()).toBe(27)
    vmm.end(27)
    expect(vmm.acknowledge()).toBe(NONE)
    expect(vmm.physical[0]!.size).toBe(0)
  })

  test('made pending by register, then fired: one interrupt, linked to hardware', () => {
    const vmm = started()
    vmm.write(SGI_BASE + ISPENDR, TIMER)
    vmm.timer(27, true)
    expect(vmm.acknowledge()).toBe(27)
    vmm.timer(27, false)
    vmm.end(27)
    expect(vmm.physical[0]!.size).toBe(0)
    expect(vmm.acknowledge()).toBe(NONE)
  })
})

describe('registers and list registers', () => {
  test('nothing is delivered while CTLR forbids it', () => {
    const vmm = started()
    vmm.write(GICD, 0)
    pend(vmm, 1)
    expect(vmm.acknowledge()).toBe(NONE)
    vmm.write(GICD, 3)
    expect(vmm.acknowledge()).toBe(32)
  })

  test('CTLR takes back what waits in list registers', () => {
    const vmm = started()
    pend(vmm, 7)
    vmm.write(GICD, 1)
    expect(vmm.acknowledge()).toBe(NONE)
    expect(vmm.read(GICD + ISPENDR + 4)).toBe(7)
  })

  test('disabled while in service: stays active, comes back only when enabled', () => {
    const vmm = started()
    pend(vmm, 1)
    vmm.acknowledge()
    vmm.write(GICD + ICENABLER + 4, 1)
    pend(vmm, 1)
    expect(vmm.read(GICD + ISACTIVER + 4)).toBe(1)
    vmm.end(32)
    expect(vmm.acknowledge()).toBe(NONE)
    vmm.write(GICD + ISENABLER + 4, 1)
    expect(vmm.acknowledge()).toBe(32)
  })

  test('ICPENDR takes a latched interrupt out of its list register', () => {
    const vmm = started()
    pend(vmm, 3)
    vmm.write(GICD + ICPENDR + 4, 1)
    expect(vmm.read(GICD + ISPENDR + 4)).toBe(2)
    expect(vmm.acknowledge()).toBe(33)
  })

  test('ICACTIVER on an SGI in service changes the list register', () => {
    const vmm = started()
    vmm.sendSgi((4n << 24n) | 1n)
    expect(vmm.acknowledge()).toBe(4)
    expect(vmm.read(SGI_BASE + ISACTIVER)).toBe(1 << 4)
    vmm.write(SGI_BASE + ICACTIVER, 1 << 4)
    expect(vmm.read(SGI_BASE + ISACTIVER)).toBe(0)
    expect(vmm.vcpus[0]!.lrs.every((lr) => lr.state === 0)).toBe(true)
  })

  test('ISACTIVER holds an interrupt back until it is deactivated', () => {
    const vmm = started()
    vmm.write(GICD + ISACTIVER + 4, 1)
    expect(vmm.read(GICD + ICACTIVER + 4)).toBe(1)
    pend(vmm, 1)
    expect(vmm.acknowledge()).toBe(NONE)
    vmm.write(GICD + ICACTIVER + 4, 1)
    expect(vmm.acknowledge()).toBe(32)
  })

  test('a new priority counts for what is pending already', () => {
    const vmm = started()
    pend(vmm, 0b110)
    vmm.write(GICD + 0x422, 0, 1)
    vmm.write(GICD + 0x421, 0xf8, 1)
    expect(vmm.acknowledge()).toBe(34)
  })

  test('a new group counts for what is pending already', () => {
    const vmm = started()
    pend(vmm, 1)
    vmm.write(GICD + 0x84, 0)
    expect(vmm.vcpus[0]!.highest()?.group).toBe(0)
  })
})

describe('more interrupts than list registers', () => {
  test.each([1, 2, 4])('%i list registers: all come, the most urgent first', (listRegisters) => {
    const vmm = started(listRegisters)
    for (const n of [31, 3, 17, 8, 5, 29, 1, 12]) pend(vmm, 1 << n)
    const order = []
    for (let intid = vmm.acknowledge(); intid !== NONE; intid = vmm.acknowledge()) {
      order.push(intid - 32)
      vmm.end(intid)
    }
    expect(order).toEqual([1, 3, 5, 8, 12, 17, 29, 31])
    expect(vmm.vcpus[0]!.control).toBe(0)
  })

  test('nested deeper than there are list registers, ended in order', () => {
    const vmm = started(2)
    const levels = [20, 15, 10, 6, 3, 1]
    for (const n of levels) {
      pend(vmm, 1 << n)
      expect(vmm.acknowledge()).toBe(32 + n)
    }
    expect(vmm.read(GICD + ISACTIVER + 4)).toBe(levels.reduce((bits, n) => bits | (1 << n), 0))
    for (const n of [...levels].reverse()) {
      vmm.end(32 + n)
      expect(vmm.read(GICD + ISACTIVER + 4) & (1 << n)).toBe(0)
    }
    expect(vmm.read(GICD + ISACTIVER + 4)).toBe(0)
    expect(vmm.vcpus[0]!.control).toBe(0)
  })

  test('a timer pushed out while pending is not lost', () => {
    const vmm = started(1)
    vmm.write(SGI_BASE + 0x400 + 27, 0xf0, 1)
    vmm.timer(27, true)
    pend(vmm, 2)
    expect(vmm.acknowledge()).toBe(33)
    vmm.end(33)
    expect(vmm.acknowledge()).toBe(27)
    vmm.timer(27, false)
    vmm.end(27)
    expect(vmm.physical[0]!.size).toBe(0)
  })
})

describe('two vCPUs', () => {
  test('an SPI disabled by one leaves the other’s list registers', () => {
    const vmm = new FakeVmm({ vcpus: 2 })
    vmm.write(GICD, 3)
    vmm.write(GICD + 0x6100, 1n, 8)
    vmm.write(GICD + ISENABLER + 4, 1)
    pend(vmm, 1)
    expect(vmm.vcpus[1]!.highest()?.intid).toBe(32)
    vmm.write(GICD + ICENABLER + 4, 1)
    expect(vmm.acknowledge(1)).toBe(NONE)
    vmm.write(GICD + ISENABLER + 4, 1)
    expect(vmm.acknowledge(1)).toBe(32)
    pend(vmm, 1)
    vmm.end(32, 1)
    expect(vmm.acknowledge(1)).toBe(32)
    vmm.write(GICD + ICACTIVER + 4, 1)
    expect(vmm.read(GICD + ISACTIVER + 4, 4, 1)).toBe(0)
  })

  test('a vCPU that goes off leaves its interrupts in the distributor', () => {
    const vmm = new FakeVmm({ vcpus: 2 })
    vmm.write(GICD, 3)
    vmm.write(GICD + ISENABLER + 4, 1)
    vmm.hypercall(0xc400_0003, [1, 0x4000_0000])
    vmm.deliver(1)
    pend(vmm, 1)
    vmm.hypercall(0x8400_0002, [], 0)
    expect(vmm.vcpus[0]!.highest()).toBeUndefined()
    expect(vmm.read(GICD + ISPENDR + 4, 4, 1)).toBe(1)
    vmm.write(GICD + 0x6100, 1n, 8, 1)
    expect(vmm.acknowledge(1)).toBe(32)
  })
})
