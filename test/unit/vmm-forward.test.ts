/** SPIs of devices that the VM has to itself: taken on vCPU 0's core, delivered where the guest wants them, ended there. */
import { describe, expect, test } from 'vitest'
import { GICD, ICACTIVER, ICENABLER, ISENABLER, ISPENDR, NONE, opened } from '../fake/vgic-register.ts'
import { FakeVmm } from '../fake/vmm.ts'

const SPI = 40
const BIT = 1 << (SPI & 31)
const IROUTER = GICD + 0x6000 + SPI * 8

/** Rounds of a level that the guest's handler lets fall, as drivers do, on `vcpu`. */
function rounds(vmm: ReturnType<typeof opened>, vcpu: number): void {
  for (let n = 0; n < 3; n++) {
    vmm.wire(SPI, true)
    expect(vmm.acknowledge(vcpu)).toBe(SPI)
    expect(vmm.activeSpis.has(SPI)).toBe(true)
    vmm.wire(SPI, false)
    vmm.end(SPI, vcpu)
    expect(vmm.activeSpis.has(SPI)).toBe(false)
    expect(vmm.acknowledge(vcpu)).toBe(NONE)
  }
}

test.each([true, false])('goes round on the vCPU whose core takes it (links: %s)', (links) => {
  const vmm = new FakeVmm({ links })
  vmm.write(GICD, 3)
  vmm.write(GICD + ISENABLER + 4, BIT)
  rounds(vmm, 0)
})

test('goes round on another vCPU', () => {
  const vmm = opened(4, 2)
  vmm.write(IROUTER, 1)
  rounds(vmm, 1)
})

test('comes again on another vCPU before that has looked at its list registers', () => {
  const vmm = opened(4, 2)
  vmm.write(IROUTER, 1)
  for (let n = 0; n < 5; n++) {
    vmm.wire(SPI, true)
    expect(vmm.acknowledge(1)).toBe(SPI)
    // High as ever: the end of one is the beginning of the next.
    vmm.end(SPI, 1)
    expect(vmm.activeSpis.has(SPI)).toBe(true)
  }
  expect(vmm.acknowledge(1)).toBe(SPI)
})

test('moves with its route, between two interrupts', () => {
  const vmm = opened(4, 3)
  for (const vcpu of [1, 2, 0, 2, 1]) {
    vmm.write(IROUTER, vcpu)
    rounds(vmm, vcpu)
  }
})

describe('a guest that does not want it', () => {
  test('has it pending once, and the device cannot come again', () => {
    const vmm = opened()
    vmm.write(GICD + ICENABLER + 4, BIT)
    vmm.wire(SPI, true)
    expect(vmm.acknowledge()).toBe(NONE)
    expect(vmm.read(GICD + ISPENDR + 4)).toBe(BIT)
    expect(vmm.activeSpis.has(SPI)).toBe(true)
    vmm.write(GICD + ISENABLER + 4, BIT)
    expect(vmm.acknowledge()).toBe(SPI)
  })

  test('ends it by ICACTIVER', () => {
    const vmm = opened()
    vmm.wire(SPI, true)
    vmm.acknowledge()
    vmm.wire(SPI, false)
    vmm.write(GICD + ICACTIVER + 4, BIT)
    expect(vmm.activeSpis.has(SPI)).toBe(false)
  })
})

test('is one of more than there are list registers', () => {
  const vmm = opened(2)
  for (const spi of [40, 41, 42, 43]) vmm.wires.add(spi)
  vmm.service()
  const taken = []
  for (let n = 0; n < 4; n++) {
    const intid = vmm.acknowledge()
    taken.push(intid)
    vmm.wire(intid, false)
    vmm.end(intid)
  }
  expect(taken.sort()).toEqual([40, 41, 42, 43])
  expect(vmm.activeSpis.size).toBe(0)
})
