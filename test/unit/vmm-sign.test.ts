/** Signs of life, and what happens without them. Time is the VM's own: a million counts a second. */
import { describe, expect, test } from 'vitest'
import { DEVICE_SIGNS, DEVICE_WATCHDOG } from '../../src/abi/compartment.ts'
import { HANG_HEARTBEAT } from '../../src/abi/life.ts'
import {
  SETTING_FIRST_SIGN,
  SETTING_HEARTBEAT,
  SETTING_KEY_SHIFT,
  SETTING_OF_VM,
  SETTING_SLOT_SHIFT,
} from '../../src/abi/setting.ts'
import { FakeVmm } from '../fake/vmm.ts'

const WATCHDOG = 0x090f_0000
const LOAD = WATCHDOG
const VALUE = WATCHDOG + 0x04
const CONTROL = WATCHDOG + 0x08
const INT_CLR = WATCHDOG + 0x0c
const LOCK = WATCHDOG + 0xc00
const INTID = 47
const RUN = 3
/** Ticks of the watchdog's clock in a millisecond. */
const MILLISECOND = 24_000
const ALIVE = 0xc600_0001
const NOT_SUPPORTED = -1

function started(options = {}) {
  const vmm = new FakeVmm(options)
  vmm.write(0x0800_0000, 3)
  vmm.write(0x0800_0104, 1 << (INTID - 32))
  return vmm
}

const pass = (vmm: FakeVmm, milliseconds: number) => vmm.pass(milliseconds * 1000)

describe('signs of life', () => {
  const setting = (key: number, value: number) =>
    (BigInt(SETTING_OF_VM) << BigInt(SETTING_SLOT_SHIFT)) | (BigInt(key) << BigInt(SETTING_KEY_SHIFT)) | BigInt(value)
  const beating = (within: number, first: number, devices = DEVICE_SIGNS | DEVICE_WATCHDOG) => {
    const vmm = started({
      devices,
      settings: [setting(SETTING_HEARTBEAT, within * 1000), setting(SETTING_FIRST_SIGN, first * 1000)],
    })
    vmm.deliver(0) // as every vCPU is told something when it comes
    return vmm
  }
  const missed = `hang ${HANG_HEARTBEAT}`

  test('are a call and every reload; the first is told', () => {
    for (const sign of [
      (vmm: FakeVmm) => expect(vmm.hypercall(ALIVE)).toBe(0),
      (vmm: FakeVmm) => vmm.write(LOAD, 1000),
      (vmm: FakeVmm) => vmm.write(INT_CLR, 1),
    ]) {
      const vmm = beating(200, 1000)
      expect(vmm.power).toEqual([])
      for (let i = 0; i < 20; i++) {
        sign(vmm)
        pass(vmm, 150)
      }
      expect(vmm.power).toEqual(['alive'])
      pass(vmm, 50)
      expect(vmm.power).toEqual(['alive', missed])
    }
  })

  test('are not what only looks like one', () => {
    const vmm = beating(200, 1000)
    vmm.write(LOCK, 1)
    vmm.write(INT_CLR, 1)
    vmm.write(LOAD, 1)
    vmm.read(VALUE)
    vmm.hypercall(ALIVE + 1)
    vmm.hypercall(0x8400_0000)
    pass(vmm, 999)
    expect(vmm.power).toEqual([])
    pass(vmm, 1)
    expect(vmm.power).toEqual([missed])
  })

  test('the guest cannot turn the deadline off', () => {
    const vmm = beating(200, 1000)
    vmm.hypercall(ALIVE)
    vmm.write(CONTROL, 0)
    vmm.write(LOCK, 1)
    pass(vmm, 200)
    expect(vmm.power).toEqual(['alive', missed])
  })

  test('a VM that a debugger halts at its deadline has all of the time again', () => {
    const vmm = beating(200, 1000)
    pass(vmm, 1000)
    expect(vmm.power).toEqual([missed])
    // It halts, and goes on: nobody ended it.
    pass(vmm, 199)
    expect(vmm.power).toEqual([missed])
    pass(vmm, 1)
    expect(vmm.power).toEqual([missed, missed])
    vmm.hypercall(ALIVE)
    pass(vmm, 199)
    expect(vmm.power).toEqual([missed, missed, 'alive'])
  })

  test('a deadline and a watchdog run side by side', () => {
    const vmm = beating(200, 1000)
    vmm.write(LOAD, 50 * MILLISECOND)
    vmm.write(CONTROL, RUN)
    pass(vmm, 60)
    expect(vmm.acknowledge()).toBe(INTID)
    vmm.write(CONTROL, 0)
    pass(vmm, 139)
    expect(vmm.power).toEqual(['alive'])
    pass(vmm, 1)
    expect(vmm.power).toEqual(['alive', missed])
  })

  test('without a watchdog the call is left; with nobody who waits it is not there', () => {
    const vmm = beating(200, 1000, DEVICE_SIGNS)
    expect(vmm.hypercall(ALIVE)).toBe(0)
    expect(new FakeVmm().hypercall(ALIVE)).toBe(NOT_SUPPORTED)
  })
})
