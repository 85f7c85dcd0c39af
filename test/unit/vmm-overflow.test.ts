/** More interrupts than list registers. */
import { expect, test } from 'vitest'
import { GICD, ICACTIVER, ISACTIVER, NONE, opened, pend, SGI_BASE, sgi } from '../fake/vgic-register.ts'

test.each([1, 2, 4])('%i list registers: all come, the most urgent first', (listRegisters) => {
  const vmm = opened(listRegisters)
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
  const vmm = opened(2)
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
  const vmm = opened(1)
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

test('a late, less urgent one does not pass those that wait', () => {
  const vmm = opened(2)
  pend(vmm, 0b1110)
  expect(vmm.acknowledge()).toBe(33)
  vmm.end(33)
  vmm.write(SGI_BASE + 0x404, 0xf8, 1)
  vmm.sendSgi(sgi(4, 1))
  const order = []
  for (let intid = vmm.acknowledge(); intid !== NONE; intid = vmm.acknowledge()) {
    order.push(intid)
    vmm.end(intid)
  }
  expect(order).toEqual([34, 35, 4])
})

test('an end without a list register from before does not count for what is pushed out later', () => {
  const vmm = opened(1)
  pend(vmm, 1 << 20)
  vmm.acknowledge()
  vmm.write(GICD + ICACTIVER + 4, 1 << 20)
  vmm.end(52)
  pend(vmm, 1 << 10)
  vmm.acknowledge()
  pend(vmm, 1 << 5)
  vmm.acknowledge()
  expect(vmm.read(GICD + ISACTIVER + 4)).toBe((1 << 10) | (1 << 5))
  vmm.end(37)
  expect(vmm.read(GICD + ISACTIVER + 4)).toBe(1 << 10)
})
