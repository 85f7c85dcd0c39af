/** The control line's device: a console to its driver, whose bytes are requests and answers. Virtio 1.2, "Console Device". */
import { describe, expect, test } from 'vitest'
import { REGISTER, STATUS, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const [CONSOLE, CONTROL] = [3, 0x43]
const [RECEIVE, TRANSMIT] = [0, 1]

function line({ slots = [CONTROL], slot = 0 } = {}) {
  const vmm = new FakeVmm({ slots, ram: 0x10_0000 })
  const driver = new VirtioDriver(vmm, slot)
  return { vmm, driver }
}

function started() {
  const { vmm, driver } = line()
  driver.start(2)
  const [receive, transmit] = driver.queues as [VirtioDriver['queues'][0], VirtioDriver['queues'][0]]
  return { vmm, driver, receive, transmit }
}

const said = (answers: ReturnType<VirtioDriver['queues'][0]['collect']>) =>
  answers.map(({ written, buffers }) => Buffer.concat(buffers).subarray(0, written).toString()).join('')

describe('the control line', () => {
  test('is a console to whoever probes, and beside another one', () => {
    const { vmm } = line({ slots: [CONSOLE, CONTROL] })
    const [console, control] = [new VirtioDriver(vmm, 0), new VirtioDriver(vmm, 1)]
    expect([console.read(REGISTER.deviceId), control.read(REGISTER.deviceId)]).toEqual([CONSOLE, CONSOLE])
    // No size, no other ports, no emergency write: that is how a program tells it.
    expect([console.offered & 7n, control.offered & 7n]).toEqual([5n, 0n])
  })

  test('passes on what is written, in whatever pieces, and answers each buffer', () => {
    const { vmm, transmit } = started()
    const text = Array.from({ length: 50 }, (_, i) => `request ${i}\n`).join('')
    transmit.add({ read: [Buffer.from(text.slice(0, 3)), Buffer.from(text.slice(3, 400))] })
    transmit.add({ read: [Buffer.from(text.slice(400))] })
    transmit.add({ read: [], write: [8] })
    transmit.notify()
    expect(vmm.control.written).toBe(text)
    expect(transmit.collect().map(({ written }) => written)).toEqual([0, 0, 0])
    expect(vmm.output).toBe('')
  })

  test('gives what is there, as much in each buffer as fits, when buffers come', () => {
    const { vmm, receive } = started()
    const text = 'x'.repeat(600)
    vmm.control.waiting = text
    receive.add({ write: [10, 90] })
    receive.notify()
    expect(said(receive.collect())).toBe(text.slice(0, 100))
    for (let i = 0; i < 4; i++) receive.add({ write: [256] })
    receive.notify()
    expect(said(receive.collect())).toBe(text.slice(100))
  })

  test('and when core says that something came', () => {
    const { vmm, driver, receive } = started()
    receive.add({ write: [64] })
    receive.notify()
    expect(receive.collect()).toEqual([])
    vmm.control.waiting = 'an event'
    vmm.makeRoom(100)
    expect(said(receive.collect())).toBe('an event')
    expect(driver.interruptStatus).toBe(1)
  })

  test('an answer follows its request at once', () => {
    const { vmm, receive, transmit } = started()
    receive.add({ write: [64] })
    vmm.control.waiting = 'answer'
    transmit.add({ read: [Buffer.from('question')] })
    transmit.notify()
    expect(said(receive.collect())).toBe('answer')
  })

  test('takes no typed byte and no line of the console', () => {
    const { vmm, receive } = started()
    receive.add({ write: [64] })
    receive.notify()
    vmm.type('to the UART')
    expect(receive.collect()).toEqual([])
  })

  test('begins anew with each driver: what was half delivered is forgotten', () => {
    const { vmm, driver, receive } = started()
    vmm.control.waiting = 'left over'
    receive.add({ write: [4] })
    receive.notify()
    const before = vmm.control.resets
    driver.start(2)
    expect(vmm.control.resets).toBe(before + 1)
    driver.queues[RECEIVE]!.add({ write: [64] })
    driver.queues[RECEIVE]!.notify()
    expect(driver.queues[RECEIVE]!.collect()).toEqual([])
  })

  test('rests after a chain outside of RAM', () => {
    const { driver, transmit } = started()
    transmit.describe(transmit.table, 0, 0x3000_0000, 64, 0)
    transmit.offer(0)
    transmit.notify()
    expect(driver.status & STATUS.needsReset).toBe(STATUS.needsReset)
    expect(driver.queues[TRANSMIT]!.collect()).toEqual([])
  })
})
