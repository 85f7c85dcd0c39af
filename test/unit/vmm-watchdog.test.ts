/** The SP805 as DDI 0270 has it. Time is the VM's own: a million counts a second. */
import { describe, expect, test } from 'vitest'
import { DEVICE_UART, DEVICE_WATCHDOG } from '../../src/abi/compartment.ts'
import { HANG_WATCHDOG } from '../../src/abi/life.ts'
import { FakeVmm } from '../fake/vmm.ts'

const WATCHDOG = 0x090f_0000
const LOAD = WATCHDOG
const VALUE = WATCHDOG + 0x04
const CONTROL = WATCHDOG + 0x08
const INT_CLR = WATCHDOG + 0x0c
const RIS = WATCHDOG + 0x10
const MIS = WATCHDOG + 0x14
const LOCK = WATCHDOG + 0xc00
const UNLOCK = 0x1acc_e551
const INTID = 47
const INTERRUPT = 1
const RESET = 2
/** Ticks of the watchdog's clock in a millisecond. */
const MILLISECOND = 24_000
const HANG = `hang ${HANG_WATCHDOG}`

function started(options = {}) {
  const vmm = new FakeVmm({ devices: DEVICE_UART | DEVICE_WATCHDOG, ...options })
  vmm.write(0x0800_0000, 3)
  vmm.write(0x0800_0104, 1 << (INTID - 32))
  return vmm
}

/** Runs, with `milliseconds` to each zero. */
function armed(milliseconds: number, control = INTERRUPT | RESET) {
  const vmm = started()
  vmm.write(LOAD, milliseconds * MILLISECOND)
  vmm.write(CONTROL, control)
  vmm.power.length = 0
  return vmm
}

const pass = (vmm: FakeVmm, milliseconds: number) => vmm.pass(milliseconds * 1000)

describe('the counter', () => {
  test('stands at its reset value, and does not run', () => {
    const vmm = started()
    pass(vmm, 10_000_000)
    expect([LOAD, VALUE, CONTROL, RIS, MIS, LOCK].map((at) => vmm.read(at))).toEqual([
      2 ** 32 - 1,
      2 ** 32 - 1,
      0,
      0,
      0,
      0,
    ])
    expect(vmm.power).toEqual([])
  })

  test('counts down from the load', () => {
    const vmm = armed(10)
    pass(vmm, 4)
    expect(vmm.read(VALUE)).toBe(6 * MILLISECOND)
  })

  test('interrupts at zero, and begins anew', () => {
    const vmm = armed(10)
    pass(vmm, 9)
    expect([vmm.read(RIS), vmm.acknowledge()]).toEqual([0, 1023])
    pass(vmm, 2)
    expect([vmm.read(RIS), vmm.read(MIS), vmm.read(VALUE)]).toEqual([1, 1, 9 * MILLISECOND])
    expect(vmm.acknowledge()).toBe(INTID)
    expect(vmm.power).toEqual([])
  })

  test('at its second zero the VM hangs', () => {
    const vmm = armed(10)
    pass(vmm, 19)
    expect(vmm.power).toEqual([])
    pass(vmm, 1)
    expect(vmm.power).toEqual([HANG])
  })

  test('a VM that a debugger halts at that zero has all of the time again', () => {
    const vmm = armed(10)
    pass(vmm, 20)
    expect(vmm.power).toEqual([HANG])
    // It halts, and goes on: nobody ended it.
    pass(vmm, 9)
    expect([vmm.power, vmm.read(VALUE)]).toEqual([[HANG], MILLISECOND])
    pass(vmm, 1)
    expect(vmm.power).toEqual([HANG, HANG])
    vmm.write(INT_CLR, 1)
    pass(vmm, 15)
    expect(vmm.power).toEqual([HANG, HANG])
  })

  test('that is served goes on for ever', () => {
    const vmm = armed(10)
    for (let i = 0; i < 20; i++) {
      pass(vmm, 15)
      vmm.write(INT_CLR, 1)
      expect(vmm.read(RIS)).toBe(0)
    }
    expect(vmm.power).toEqual([])
    pass(vmm, 20)
    expect(vmm.power).toEqual([HANG])
  })

  test('without RESEN interrupts and never ends the VM; with it again, from its next zero on', () => {
    const vmm = armed(10, INTERRUPT)
    pass(vmm, 1005)
    expect([vmm.read(RIS), vmm.read(VALUE)]).toEqual([1, 5 * MILLISECOND])
    expect(vmm.alarm).toBeUndefined()
    vmm.write(CONTROL, INTERRUPT | RESET)
    pass(vmm, 4)
    expect(vmm.power).toEqual([])
    pass(vmm, 1)
    expect(vmm.power).toEqual([HANG])
  })

  test('that is stopped stands, and begins at the load when it runs again', () => {
    const vmm = armed(10)
    pass(vmm, 4)
    vmm.write(CONTROL, 0)
    pass(vmm, 1000)
    expect(vmm.read(VALUE)).toBe(6 * MILLISECOND)
    vmm.write(CONTROL, INTERRUPT | RESET)
    expect(vmm.read(VALUE)).toBe(10 * MILLISECOND)
    expect(vmm.power).toEqual([])
  })

  test('with INTEN off its interrupt is masked', () => {
    const vmm = armed(10)
    pass(vmm, 10)
    expect(vmm.read(MIS)).toBe(1)
    vmm.write(CONTROL, 0)
    expect([vmm.read(RIS), vmm.read(MIS), vmm.acknowledge()]).toEqual([1, 0, 1023])
  })

  test.each([0, 1])('of %i ticks ends the VM at once, and no loop', (load) => {
    const vmm = started()
    vmm.write(LOAD, load)
    vmm.write(CONTROL, INTERRUPT | RESET)
    pass(vmm, 1)
    expect(vmm.power).toContain(HANG)
    const quiet = started()
    quiet.write(LOAD, load)
    quiet.write(CONTROL, INTERRUPT)
    pass(quiet, 1)
    expect([quiet.read(RIS), quiet.alarm]).toEqual([1, undefined])
  })

  test('of all ones is three minutes', () => {
    const vmm = started()
    vmm.write(CONTROL, INTERRUPT)
    pass(vmm, 178_000)
    expect(vmm.read(RIS)).toBe(0)
    pass(vmm, 1000)
    expect(vmm.read(RIS)).toBe(1)
  })
})

test('locked, it takes no writes but the key', () => {
  const vmm = started()
  vmm.write(LOCK, 1)
  vmm.write(LOAD, 5)
  vmm.write(CONTROL, 3)
  expect([LOCK, LOAD, CONTROL].map((at) => vmm.read(at))).toEqual([1, 2 ** 32 - 1, 0])
  vmm.write(LOCK, UNLOCK)
  vmm.write(LOAD, 5)
  expect([LOCK, LOAD].map((at) => vmm.read(at))).toEqual([0, 5])
})

test('identification, widths, registers that do not exist', () => {
  const vmm = started()
  const ids = Array.from({ length: 8 }, (_, n) => vmm.read(WATCHDOG + 0xfe0 + n * 4))
  expect(ids).toEqual([0x05, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1])
  vmm.write(LOAD, 1, 1)
  vmm.write(WATCHDOG + 0xf00, 1)
  expect([vmm.read(LOAD), vmm.read(LOAD, 1), vmm.read(WATCHDOG + 0xf00), vmm.refusals]).toEqual([
    2 ** 32 - 1,
    255,
    0,
    0,
  ])
})

test('a VM without one finds nothing there', () => {
  const vmm = new FakeVmm()
  vmm.read(CONTROL)
  vmm.write(CONTROL, 3)
  expect(vmm.refusals).toBe(2)
})
