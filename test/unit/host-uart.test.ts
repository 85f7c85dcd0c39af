/** The PL011 driver: registers, interrupts, backpressure, and the bounds on every call. */
import { describe, expect, test } from 'vitest'
import { FakeHost, NEVER } from '../fake/host.ts'
import { FIFO } from '../fake/pl011.ts'

const LCR_H = 0x2c
const CR = 0x30
const IMSC = 0x38

describe('init', () => {
  test('keeps the baud rate and the frame, switches FIFO, receiver and transmitter on', () => {
    const { registers } = new FakeHost().uart
    expect([registers.get(0x24), registers.get(0x28)]).toEqual([13, 1])
    expect(registers.get(LCR_H)).toBe(0x70)
    expect(registers.get(CR)).toBe(0x301)
    expect(registers.get(IMSC)).toBe(0x50)
  })

  test('ends although the UART stays busy for ever', () => {
    const host = new FakeHost({ slow: true })
    host.put(0, 'x')
    host.call.init(1, 0, 1000)
    expect(host.uart.registers.get(IMSC)).toBe(0x50)
  })
})

describe('what was typed before', () => {
  const fetched = (host: FakeHost, vm: number) => {
    const bytes = []
    for (let ch = host.call.nextInput(vm); ch !== 0xffff_ffff && ch !== -1; ch = host.call.nextInput(vm)) bytes.push(ch)
    return Buffer.from(bytes).toString()
  }

  test('is in the FIFO that the firmware switched on, and is read without an interrupt', () => {
    const host = new FakeHost({ line: 0x70, typed: '\x1d2hello' })
    expect(host.call.deadline()).toBe(0n)
    host.settle()
    expect(fetched(host, 1)).toBe('hello')
    host.type('!')
    expect(fetched(host, 1)).toBe('!')
  })

  test('is one byte where there was no FIFO', () => {
    const host = new FakeHost({ line: 0x60, typed: '\x1d' })
    host.settle()
    host.type('2x')
    expect(fetched(host, 1)).toBe('x')
  })

  test('nothing: host asks for no call', () => {
    expect(new FakeHost().call.deadline()).toBe(NEVER)
  })
})

describe('transmit', () => {
  test('asks for an interrupt only while rings hold something', () => {
    const host = new FakeHost({ slow: true })
    host.put(0, 'x\n')
    expect(host.uart.transmitInterruptEnabled).toBe(false)
    host.put(0, 'a longer line\n')
    expect(host.uart.transmitInterruptEnabled).toBe(true)
    host.settle()
    expect(host.uart.transmitInterruptEnabled).toBe(false)
    expect(host.screen).toBe('linux    | x\r\nlinux    | a longer line\r\n')
  })

  test('never waits for the UART: a call costs a bounded number of register reads', () => {
    const host = new FakeHost({ slow: true })
    host.put(0, 'y'.repeat(2000))
    const before = host.uart.reads
    host.put(0, 'z')
    expect(host.uart.reads - before).toBeLessThan(4)
  })

  test('a call hands on a bounded number of bytes even to a UART that takes all', () => {
    const host = new FakeHost({ slow: true })
    host.put(0, 'y'.repeat(2000))
    host.uart.drain(FIFO)
    host.uart.instant = true
    const before = host.uart.sent.length
    host.call.poll()
    expect(host.uart.sent.length - before).toBeLessThanOrEqual(64)
    host.settle()
    expect(host.screen.match(/y/g)).toHaveLength(2000)
  })

  test('room is announced when half of the ring is free, once', () => {
    const host = new FakeHost({ slow: true })
    const taken = host.put(0, '0123456789\n'.repeat(300))
    expect(taken).toBeGreaterThanOrEqual(2048)
    expect(host.call.roomPending()).toBe(0)
    let drained = 0
    while (host.call.roomPending() === 0) {
      host.uart.drain(FIFO)
      host.call.uartInterrupt()
      drained += FIFO
    }
    expect(drained).toBeGreaterThan(1000)
    expect(host.put(0, 'z'.repeat(2000))).toBeGreaterThanOrEqual(1024)
    host.settle()
  })
})

test('a VM is told of room even when another VM’s byte made it, by an interrupt', () => {
  const host = new FakeHost({ slow: true })
  host.put(0, 'x'.repeat(3000))
  host.uart.instant = true
  host.uart.drain(FIFO)
  while (host.screen.split('x').length <= 2048) host.put(1, '\n')
  expect(host.uart.interrupt).toBe(true)
  host.interrupt()
  expect(host.takeRoom()).toBe(0b01)
  host.settle()
  expect(host.uart.transmitInterruptEnabled).toBe(false)
})

test('what keeps coming while it is read is read to its end', () => {
  const host = new FakeHost()
  const text = 'a line that somebody pastes, longer than one call may take. '.repeat(2)
  host.uart.waiting.push(...Buffer.from(text.slice(FIFO)))
  host.uart.arrive([...Buffer.from(text.slice(0, FIFO))])
  host.settle()
  expect(host.input(0)).toBe(text)
})

describe('flush', () => {
  test('writes everything, the hypervisor first', () => {
    const host = new FakeHost({ slow: true })
    host.put(0, 'line\n'.repeat(20))
    host.put(1, 'prompt')
    host.say('panic: the end\n')
    const mark = host.screen.length
    const { read } = host.uart
    host.uart.read = (offset) => {
      host.uart.drain(1)
      return read.call(host.uart, offset)
    }
    host.call.flush()
    host.uart.drain(FIFO)
    const text = host.screen.slice(mark)
    expect(text.match(/line/g)).toHaveLength(20)
    expect(text).toContain('pulse    | prompt')
    expect(text.split('\r\n').indexOf('bulkhead | panic: the end')).toBeLessThan(4)
  })

  test('ends when the line is dead', () => {
    const host = new FakeHost({ slow: true })
    host.uart.stuck = true
    host.put(0, 'x'.repeat(500))
    host.call.flush()
    expect(host.uart.sent).toHaveLength(0)
  })
})

test('the whole module stays under 56 KiB', () => {
  const host = new FakeHost({ names: Array.from({ length: 16 }, (_, vm) => `vm${vm}`) })
  for (let vm = 0; vm < 16; vm++) host.put(vm, 'x'.repeat(4000))
  const memory = new Uint8Array(host.call.memory.buffer)
  expect(memory.findLastIndex((byte) => byte !== 0)).toBeLessThan(56 * 1024)
})
