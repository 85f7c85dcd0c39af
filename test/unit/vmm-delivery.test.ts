/** Register writes and the list registers that they reach. */
import { describe, expect, test } from 'vitest'
import { STAT_INJECTED } from '../../src/abi/compartment.ts'
import {
  GICD,
  ICACTIVER,
  ICENABLER,
  ICPENDR,
  ISACTIVER,
  ISENABLER,
  ISPENDR,
  NONE,
  opened,
  pend,
  SGI_BASE,
  STRIDE,
  sgi,
} from '../fake/vgic-register.ts'

describe('registers and list registers', () => {
  test('nothing is delivered while CTLR forbids it', () => {
    const vmm = opened()
    vmm.write(GICD, 0)
    pend(vmm, 1)
    expect(vmm.acknowledge()).toBe(NONE)
    vmm.write(GICD, 3)
    expect(vmm.acknowledge()).toBe(32)
  })

  test('CTLR takes back what waits in list registers', () => {
    const vmm = opened()
    pend(vmm, 7)
    vmm.write(GICD, 1)
    expect(vmm.acknowledge()).toBe(NONE)
    expect(vmm.read(GICD + ISPENDR + 4)).toBe(7)
  })

  test('disabled while in service: stays active, comes back only when enabled', () => {
    const vmm = opened()
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
    const vmm = opened()
    pend(vmm, 3)
    vmm.write(GICD + ICPENDR + 4, 1)
    expect(vmm.read(GICD + ISPENDR + 4)).toBe(2)
    expect(vmm.acknowledge()).toBe(33)
  })

  test('ICACTIVER on an SGI in service changes the list register', () => {
    const vmm = opened()
    vmm.sendSgi(sgi(4, 1))
    expect(vmm.acknowledge()).toBe(4)
    expect(vmm.read(SGI_BASE + ISACTIVER)).toBe(1 << 4)
    vmm.write(SGI_BASE + ICACTIVER, 1 << 4)
    expect(vmm.read(SGI_BASE + ISACTIVER)).toBe(0)
    expect(vmm.vcpus[0]!.lrs.every((lr) => lr.state === 0)).toBe(true)
  })

  test('an SGI that comes again and again has the priority and the group that it has now', () => {
    const vmm = opened()
    const once = () => {
      vmm.sendSgi(sgi(4, 1))
      const { priority, group } = vmm.vcpus[0]!.highest() ?? {}
      vmm.acknowledge()
      return [priority, group]
    }
    expect(once()).toEqual([0, 1])
    vmm.write(SGI_BASE + 0x404, 0x80, 1)
    vmm.end(4)
    expect(once()).toEqual([0x80, 1])
    vmm.end(4)
    vmm.write(SGI_BASE + 0x80, 0)
    expect(once()).toEqual([0x80, 0])
    vmm.end(4)
    vmm.write(SGI_BASE + ICENABLER, 1 << 4)
    expect(once()).toEqual([undefined, undefined])
    vmm.write(SGI_BASE + ISENABLER, 1 << 4)
    expect(vmm.acknowledge()).toBe(4)
  })

  test('ISACTIVER holds an interrupt back until it is deactivated', () => {
    const vmm = opened()
    vmm.write(GICD + ISACTIVER + 4, 1)
    expect(vmm.read(GICD + ICACTIVER + 4)).toBe(1)
    pend(vmm, 1)
    expect(vmm.acknowledge()).toBe(NONE)
    vmm.write(GICD + ICACTIVER + 4, 1)
    expect(vmm.acknowledge()).toBe(32)
  })

  test('a new priority counts for what is pending already', () => {
    const vmm = opened()
    pend(vmm, 0b110)
    vmm.write(GICD + 0x422, 0, 1)
    vmm.write(GICD + 0x421, 0xf8, 1)
    expect(vmm.acknowledge()).toBe(34)
  })

  test('a new group counts for what is pending already', () => {
    const vmm = opened()
    pend(vmm, 1)
    vmm.write(GICD + 0x84, 0)
    expect(vmm.vcpus[0]!.highest()?.group).toBe(0)
  })
})

describe('two vCPUs', () => {
  test('an SPI disabled by one leaves the other’s list registers', () => {
    const vmm = opened(4, 2)
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
    const vmm = opened(4, 2)
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

  test("a neighbour's SGI that comes again and again has the priority that it has now, and waits while it may not pass", () => {
    const vmm = opened(4, 2)
    const once = () => {
      vmm.sendSgi(sgi(4, 2), 1, 0)
      return [vmm.vcpus[1]!.highest()?.priority, vmm.acknowledge(1)]
    }
    expect(once()).toEqual([0, 4])
    vmm.end(4, 1)
    expect(once()).toEqual([0, 4])
    // In service: it waits for the end.
    expect(once()).toEqual([undefined, NONE])
    vmm.end(4, 1)
    expect(vmm.acknowledge(1)).toBe(4)
    vmm.write(SGI_BASE + STRIDE + 0x404, 0x80, 1, 1)
    vmm.end(4, 1)
    expect(once()).toEqual([0x80, 4])
    vmm.end(4, 1)
    vmm.write(SGI_BASE + STRIDE + ICENABLER, 1 << 4, 4, 1)
    expect(once()).toEqual([undefined, NONE])
    vmm.write(SGI_BASE + STRIDE + ISENABLER, 1 << 4, 4, 1)
    expect(vmm.acknowledge(1)).toBe(4)
  })

  test('count what each was given, the same again or another', () => {
    const vmm = opened(4, 2)
    const given = (vcpu: number) => Number(vmm.hypercall(0xc600_0000, [STAT_INJECTED], vcpu))
    const before = [given(0), given(1)]
    for (const intid of [4, 4, 5, 4]) {
      vmm.sendSgi(sgi(intid, 2), 1, 0)
      expect(vmm.acknowledge(1)).toBe(intid)
      vmm.end(intid, 1)
    }
    vmm.write(GICD + ISENABLER + 4, 1)
    pend(vmm, 1)
    expect([given(0) - before[0]!, given(1) - before[1]!]).toEqual([1, 4])
  })

  test('until it was kicked, a vCPU takes no short way past what others asked of it', () => {
    const vmm = opened(4, 2)
    vmm.sendSgi(sgi(4, 2), 1, 1)
    expect(vmm.acknowledge(1)).toBe(4)
    vmm.holdsKicks = true
    vmm.write(SGI_BASE + STRIDE + ICACTIVER, 1 << 4, 4, 0)
    vmm.end(4, 1)
    vmm.sendSgi(sgi(4, 2), 1, 1)
    expect(vmm.acknowledge(1)).toBe(4)
    vmm.holdsKicks = false
    vmm.service()
    expect(vmm.read(SGI_BASE + STRIDE + ISACTIVER, 4, 1)).toBe(1 << 4)
  })
})
