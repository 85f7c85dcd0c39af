/** The guest's memory map: what answers, and what gets an external abort. */
import { expect, test } from 'vitest'
import { hex } from '../fake/named.ts'
import { FakeVmm } from '../fake/vmm.ts'

test('flash is absent: all ones, whatever the width, and no writes', () => {
  const vmm = new FakeVmm()
  expect(vmm.read(0, 1)).toBe(0xff)
  expect(vmm.read(2, 2)).toBe(0xffff)
  expect(vmm.read(0x07ff_fffc)).toBe(0xffff_ffff)
  expect(vmm.read64(0x0400_0000)).toBe(0xffff_ffff_ffff_ffffn)
  vmm.write(0, 0x98, 1)
  expect(vmm.refusals).toBe(0)
})

test('virtio slots are there and empty', () => {
  const vmm = new FakeVmm()
  for (let slot = 0; slot < 32; slot++) {
    const at = 0x0a00_0000 + slot * 0x200
    expect([vmm.read(at), vmm.read(at + 4), vmm.read(at + 8)]).toEqual([0x7472_6976, 2, 0])
    expect(vmm.read(at + 0x100)).toBe(0)
    vmm.write(at + 0x70, 1)
  }
  expect(vmm.read(0x0a00_0001, 1)).toBe(0x69)
  expect(vmm.refusals).toBe(0)
})

test.each(
  hex([
    0x0801_0000,
    0x080a_0000 + 2 * 0x2_0000,
    0x0900_1000,
    0x0901_1000,
    0x0902_0000,
    0x0a00_4000,
    0x3eff_0000,
    0x1_0800_0000,
    0xffff_ffff_f000,
  ]),
)('nobody answers at %s', (_, ipa) => {
  const vmm = new FakeVmm({ vcpus: 2 })
  expect(vmm.read(ipa)).toBe(0)
  vmm.write(ipa, 1)
  expect(vmm.refusals).toBe(2)
})

test('devices that the config does not list are not there', () => {
  const vmm = new FakeVmm({ devices: 0 })
  vmm.read(0x0900_0018)
  vmm.read(0x0901_0000)
  expect(vmm.refusals).toBe(2)
  expect(vmm.type('x')).toBe(1)
})

test('GICv2 has no redistributors', () => {
  const vmm = new FakeVmm({ version: 2 })
  vmm.read(0x080a_0000)
  expect(vmm.refusals).toBe(1)
})
