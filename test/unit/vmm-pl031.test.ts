/** The PL031 as DDI 0224 has it. */
import { expect, test } from 'vitest'
import { FakeVmm } from '../fake/vmm.ts'

const RTC = 0x0901_0000
const DR = RTC
const MR = RTC + 0x04
const LR = RTC + 0x08
const CR = RTC + 0x0c
const IMSC = RTC + 0x10
const RIS = RTC + 0x14
const MIS = RTC + 0x18
const ICR = RTC + 0x1c
const NOW = 1_700_000_000

function started() {
  const vmm = new FakeVmm()
  vmm.epoch = BigInt(NOW)
  vmm.write(0x0800_0000, 3)
  vmm.write(0x0800_0104, 4)
  return vmm
}

test('counts seconds from the board’s clock', () => {
  const vmm = started()
  expect(vmm.read(DR)).toBe(NOW)
  vmm.seconds = 90
  expect(vmm.read(DR)).toBe(NOW + 90)
  expect(vmm.read(CR)).toBe(1)
})

test('can be set, and goes on from there', () => {
  const vmm = started()
  vmm.write(LR, 1000)
  expect([vmm.read(DR), vmm.read(LR)]).toEqual([1000, 1000])
  vmm.seconds = 5
  expect(vmm.read(DR)).toBe(1005)
})

test('the alarm comes in its second, as an interrupt if enabled', () => {
  const vmm = started()
  vmm.write(MR, NOW + 10)
  vmm.seconds = 9
  expect(vmm.read(RIS)).toBe(0)
  vmm.seconds = 12
  expect([vmm.read(RIS), vmm.read(MIS)]).toEqual([1, 0])
  vmm.write(IMSC, 1)
  expect(vmm.read(MIS)).toBe(1)
  expect(vmm.acknowledge()).toBe(34)
  vmm.write(ICR, 1)
  vmm.end(34)
  expect(vmm.acknowledge()).toBe(1023)
  vmm.seconds = 20
  expect(vmm.read(RIS)).toBe(0)
})

test('an armed alarm is seen when the vCPU is kicked', () => {
  const vmm = started()
  vmm.write(IMSC, 1)
  vmm.write(MR, NOW + 1)
  vmm.seconds = 1
  vmm.deliver(0)
  expect(vmm.acknowledge()).toBe(34)
})

test('an alarm in the past never comes, one for this second comes now', () => {
  const vmm = started()
  vmm.write(MR, NOW - 1)
  expect(vmm.read(RIS)).toBe(0)
  vmm.write(MR, NOW)
  expect(vmm.read(RIS)).toBe(1)
})

test('setting the clock back or forward does not fake an alarm in between', () => {
  const vmm = started()
  vmm.write(MR, NOW + 10)
  vmm.write(LR, NOW + 20)
  expect(vmm.read(RIS)).toBe(0)
  vmm.write(LR, NOW)
  vmm.seconds = 11
  expect(vmm.read(RIS)).toBe(1)
})

test('identification, widths, registers that do not exist', () => {
  const vmm = started()
  const ids = Array.from({ length: 8 }, (_, n) => vmm.read(RTC + 0xfe0 + n * 4))
  expect(ids).toEqual([0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1])
  expect(vmm.read(DR, 1)).toBe(NOW & 0xff)
  vmm.write(LR, 1, 1)
  vmm.write(RTC + 0x80, 1)
  expect([vmm.read(LR), vmm.read(RTC + 0x80), vmm.refusals]).toEqual([0, 0, 0])
})
