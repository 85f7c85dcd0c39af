/** The driver's side of a GPIO device: messages, waits, and what it hears of lines that change outside. */
import { virtio } from '../../tool/config/device.ts'
import { settingsOf } from '../../tool/image/setting.ts'
import { type DriverQueue, FEATURE, VirtioDriver } from './virtio-driver.ts'
import { FakeVmm } from './vmm.ts'

const GPIO = 41
const F_IRQ = 1n
/** All but F_IRQ. */
export const FEATURES = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx

export function started(
  lines: Record<string, number> = { led: 17, button: 27, reset: 4 },
  features = FEATURES | F_IRQ,
) {
  const settings = settingsOf({ virtio: [virtio.gpio({ lines })], memory: 0, life: { heartbeat: undefined } })
  const count = Object.keys(lines).length
  const vmm = new FakeVmm({ slots: [GPIO], ram: 0x10_0000, settings, lines: count, fueled: true })
  const driver = new VirtioDriver(vmm).start(2, { features, size: 64 })
  const [requests, events] = driver.queues as [DriverQueue, DriverQueue]
  const ask = (type: number, line = 0, value = 0, room = 2) => {
    requests.add({ read: [message(type, line, value)], write: [room] })
    requests.notify()
    return requests.collect()[0]!
  }
  const answer = (type: number, line = 0, value = 0) => [...ask(type, line, value).buffers[0]!]
  const wait = (line: number) => {
    events.add({ read: [half(line)], write: [1] })
    events.notify()
    if (vmm.gpio.events) vmm.frames()
  }
  const heard = () => events.collect().map(({ written, buffers }) => [written, buffers[0]?.[0]])
  /** A line changes outside. */
  const drive = (line: number, level: number) => {
    vmm.gpio.drive(line, level)
    if (vmm.gpio.events) vmm.frames()
  }
  return { vmm, driver, requests, events, ask, answer, wait, heard, drive }
}

export function message(type: number, line: number, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(type, 0)
  bytes.writeUInt16LE(line, 2)
  bytes.writeUInt32LE(value >>> 0, 4)
  return bytes
}

export function half(line: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(line)
  return bytes
}
