/** The timers: physical interrupts forwarded through hardware list registers. */
import { describe, expect, test } from 'vitest'
import {
  GICD,
  ICACTIVER,
  ICENABLER,
  ISACTIVER,
  ISENABLER,
  ISPENDR,
  NONE,
  opened,
  SGI_BASE,
  sgi,
} from '../fake/vgic-register.ts'
import { FakeVmm } from '../fake/vmm.ts'

const TIMER = 1 << 27

test('goes round by hardware alone', () => {
  const vmm = opened()
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
  const vmm = opened()
  vmm.timer(27, true)
  expect(vmm.acknowledge()).toBe(27)
  vmm.end(27)
  expect(vmm.acknowledge()).toBe(27)
})

test('waits while disabled, active physically, and comes when enabled', () => {
  const vmm = opened()
  vmm.write(SGI_BASE + ICENABLER, TIMER)
  vmm.timer(27, true)
  expect(vmm.acknowledge()).toBe(NONE)
  expect(vmm.physical[0]!.has(27)).toBe(true)
  expect(vmm.read(SGI_BASE + ISPENDR)).toBe(TIMER)
  vmm.write(SGI_BASE + ISENABLER, TIMER)
  expect(vmm.acknowledge()).toBe(27)
})

test('is given back if its line fell while it was disabled', () => {
  const vmm = opened()
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
  const vmm = opened()
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
  const vmm = opened()
  vmm.timer(27, true)
  vmm.acknowledge()
  vmm.timer(27, false)
  vmm.write(SGI_BASE + ICACTIVER, TIMER)
  expect(vmm.read(SGI_BASE + ISACTIVER)).toBe(0)
  expect(vmm.physical[0]!.size).toBe(0)
})

test('made pending by register while in service comes once more', () => {
  const vmm = opened()
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
  const vmm = opened()
  vmm.write(SGI_BASE + ISPENDR, TIMER)
  vmm.timer(27, true)
  expect(vmm.acknowledge()).toBe(27)
  vmm.timer(27, false)
  vmm.end(27)
  expect(vmm.physical[0]!.size).toBe(0)
  expect(vmm.acknowledge()).toBe(NONE)
})

test('ended and forgotten, its list register serves others', () => {
  const vmm = opened()
  vmm.timer(27, true)
  vmm.acknowledge()
  vmm.timer(27, false)
  vmm.end(27)
  vmm.sendSgi(sgi(4, 1))
  vmm.write(GICD, 0)
  vmm.write(GICD, 3)
  expect(vmm.acknowledge()).toBe(4)
  vmm.end(4)
  expect(vmm.acknowledge()).toBe(NONE)
})

describe('on a GIC whose list registers cannot be linked', () => {
  const unlinked = () => {
    const vmm = new FakeVmm({ version: 2, links: false })
    vmm.write(GICD, 1)
    vmm.write(GICD + ISENABLER, TIMER)
    return vmm
  }

  test('its end comes by maintenance, tick after tick', () => {
    const vmm = unlinked()
    for (let n = 0; n < 3; n++) {
      vmm.timer(27, true)
      expect(vmm.acknowledge()).toBe(27)
      vmm.timer(27, false)
      expect(vmm.physical[0]!.has(27)).toBe(true)
      vmm.end(27)
      expect(vmm.physical[0]!.size).toBe(0)
    }
    vmm.write(GICD + ICENABLER, TIMER)
    vmm.timer(27, true)
    expect(vmm.acknowledge()).toBe(NONE)
    vmm.write(GICD + ISENABLER, TIMER)
    expect(vmm.acknowledge()).toBe(27)
  })

  test('expired again before its end, it comes again', () => {
    const vmm = unlinked()
    vmm.timer(27, true)
    expect(vmm.acknowledge()).toBe(27)
    vmm.timer(27, false)
    vmm.timer(27, true)
    vmm.end(27)
    expect(vmm.acknowledge()).toBe(27)
  })
})
