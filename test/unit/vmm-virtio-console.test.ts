/** The virtio console: output without an exit for each byte, the keyboard, host's ring full and empty again. Virtio 1.2, "Console Device". */
import { beforeEach, describe, expect, test } from 'vitest'
import { FEATURE, REGISTER, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const CONSOLE = 3
const UART = 0x0900_0000
const EMERG_WRITE = 1n << 2n
const [RECEIVE, TRANSMIT] = [0, 1]

let vmm: FakeVmm
let device: VirtioDriver
beforeEach(() => {
  vmm = new FakeVmm({ slots: [CONSOLE], ram: 0x4_0000 })
  device = new VirtioDriver(vmm).start(2)
})

function print(...parts: string[]): void {
  device.queues[TRANSMIT]!.add({ read: parts.map((part) => Buffer.from(part)) })
  device.queues[TRANSMIT]!.notify()
}

describe('output', () => {
  test('is printed in the exit of its notification, and given back', () => {
    print('one line ', 'in two buffers\n')
    expect(vmm.output).toBe('one line in two buffers\n')
    expect(device.queues[TRANSMIT]!.collect()).toMatchObject([{ written: 0 }])
  })

  test('waits while host has no room, and goes on where it was', () => {
    vmm.room = 5
    print('hello', ' ', 'world\n')
    expect(vmm.output).toBe('hello')
    expect(device.queues[TRANSMIT]!.collect()).toEqual([])
    vmm.makeRoom(3)
    vmm.makeRoom(100)
    expect(vmm.output).toBe('hello world\n')
    expect(device.queues[TRANSMIT]!.collect()).toHaveLength(1)
  })

  test('longer than a turn is printed whole, in its order', () => {
    const text = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`).join('')
    print(text.slice(0, 5000), text.slice(5000))
    print('the end\n')
    expect(vmm.output).toBe(`${text}the end\n`)
    expect(device.queues[TRANSMIT]!.collect()).toHaveLength(2)
  })

  test('of nothing is answered', () => {
    print('')
    expect(device.queues[TRANSMIT]!.collect()).toHaveLength(1)
  })

  test('in progress is forgotten by a reset', () => {
    vmm.room = 2
    print('never')
    device.start(2)
    vmm.room = 100
    print('whole\n')
    expect(vmm.output).toBe('newhole\n')
  })

  test('emerg_wr needs neither driver nor queue', () => {
    const early = new VirtioDriver(new FakeVmm({ slots: [CONSOLE] }))
    expect(early.offered & EMERG_WRITE).toBe(EMERG_WRITE)
    early.write(REGISTER.config + 8, 0x4321_0041)
    early.write(REGISTER.config + 8, 0x42, 1)
    expect(early.vmm.output).toBe('AB')
  })
})

describe('the keyboard', () => {
  const typedInto = () =>
    device.queues[RECEIVE]!.collect().map(({ written, buffers }) => buffers[0]!.toString('latin1', 0, written))

  test('is the console’s while its driver is up, the UART’s otherwise', () => {
    device.queues[RECEIVE]!.add({ write: [64] })
    vmm.type('abc')
    expect(typedInto()).toEqual(['abc'])
    expect(vmm.read(UART + 0x18) & 0x10).toBe(0x10)
    device.write(REGISTER.status, 0)
    vmm.type('d')
    expect(vmm.read(UART)).toBe(0x64)
  })

  test('waits for buffers, and fills one after the other', () => {
    vmm.type('hello world')
    expect(typedInto()).toEqual([])
    for (const size of [4, 1, 64]) device.queues[RECEIVE]!.add({ write: [size] })
    device.queues[RECEIVE]!.notify()
    expect(typedInto()).toEqual(['hell', 'o', ' world'])
    expect(device.interruptStatus).toBe(1)
  })

  test('is not read faster than the driver reads: nothing is lost', () => {
    const text = Array.from({ length: 3000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('')
    let sent = vmm.type(text)
    expect(sent).toBe(1024)
    let got = ''
    while (got.length < text.length) {
      device.queues[RECEIVE]!.add({ write: [200] })
      device.queues[RECEIVE]!.notify()
      got += typedInto().join('')
      if (vmm.readies) sent += vmm.type(text.slice(sent))
    }
    expect(got).toBe(text)
  })
})

describe('the size of the terminal', () => {
  const SIZE = 1n << 0n
  const start = (features: bigint) => device.start(2, { features: FEATURE.version1 | features })

  test('is what core says, and a change of it interrupts a driver that wants to know', () => {
    start(SIZE)
    expect([device.read(REGISTER.config, 2), device.read(REGISTER.config + 2, 2)]).toEqual([0, 0])
    const generation = device.read(REGISTER.generation)
    vmm.terminalSize = 120 | (40 << 16)
    vmm.frames()
    expect(device.interruptStatus).toBe(2)
    expect([device.read(REGISTER.config, 2), device.read(REGISTER.config + 2, 2)]).toEqual([120, 40])
    expect(device.read(REGISTER.generation)).not.toBe(generation)
    device.acknowledge()
    vmm.frames()
    expect(device.interruptStatus).toBe(0)
  })

  test('interrupts nobody else', () => {
    start(0n)
    vmm.terminalSize = 80 | (25 << 16)
    vmm.frames()
    expect(device.interruptStatus).toBe(0)
  })
})
