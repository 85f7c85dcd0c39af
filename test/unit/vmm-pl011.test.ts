/** The PL011 as DDI 0183 has it, and as the drivers of Linux, U-Boot and small kernels use it. */
import { describe, expect, test } from 'vitest'
import {
  BUSY,
  CR,
  DR,
  drain,
  FR,
  ICR,
  IFLS,
  IMSC,
  MIS,
  MODEM,
  OE,
  RIS,
  RSR,
  RT,
  RXFE,
  send,
  started,
  TX,
  TXFE,
  TXFF,
  UART,
} from '../fake/uart-register.ts'
import { FakeVmm } from '../fake/vmm.ts'

describe('registers', () => {
  test('reset values and identification', () => {
    const vmm = new FakeVmm()
    expect(vmm.read(FR)).toBe(MODEM | RXFE | TXFE)
    expect(vmm.read(CR)).toBe(0x300)
    expect(vmm.read(IFLS)).toBe(0x12)
    const ids = Array.from({ length: 8 }, (_, n) => vmm.read(UART + 0xfe0 + n * 4))
    expect(ids).toEqual([0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1])
  })

  test.each([
    ['ILPR', 0x20, 0xff],
    ['IBRD', 0x24, 0xffff],
    ['FBRD', 0x28, 0x3f],
    ['LCR_H', 0x2c, 0xff],
    ['CR', 0x30, 0xff87],
    ['IFLS', 0x34, 0x3f],
    ['IMSC', 0x38, 0x7ff],
    ['DMACR', 0x48, 0x7],
  ])('%s keeps the bits that exist', (_, offset, bits) => {
    const vmm = new FakeVmm()
    vmm.write(UART + offset, 0xffff_ffff)
    expect(vmm.read(UART + offset)).toBe(bits)
  })

  test('8 and 16 bits reach a register, 64 bits and odd addresses do not', () => {
    const vmm = new FakeVmm()
    vmm.write(UART + 0x24, 0xabcd, 2)
    expect(vmm.read(UART + 0x24, 1)).toBe(0xcd)
    expect(vmm.read(UART + 0x25, 1)).toBe(0xab)
    vmm.write(UART + 0x24, 1n, 8)
    vmm.write(UART + 0x25, 1, 1)
    expect(vmm.read(UART + 0x24)).toBe(0xabcd)
    expect(vmm.read64(FR)).toBe(0n)
    vmm.write(DR, 0x41, 1)
    vmm.write(DR, 0xff42, 2)
    expect(vmm.output).toBe('AB')
  })

  test('read-only and reserved registers ignore writes', () => {
    const vmm = new FakeVmm()
    for (const offset of [0x18, 0x3c, 0x40, 0x80, 0xfe0, 0xff0]) {
      const before = vmm.read(UART + offset)
      vmm.write(UART + offset, 0xffff_ffff)
      expect(vmm.read(UART + offset)).toBe(before)
    }
  })
})

describe('transmit', () => {
  test('reaches the console at once and raises TX', () => {
    const vmm = started()
    expect(vmm.read(RIS)).toBe(0)
    send(vmm, 'hello')
    expect(vmm.output).toBe('hello')
    expect(vmm.read(FR)).toBe(MODEM | RXFE | TXFE)
    expect(vmm.read(RIS)).toBe(TX)
    vmm.write(ICR, TX)
    expect(vmm.read(RIS)).toBe(0)
  })

  test.each([
    ['FIFO', true, 16],
    ['holding register', false, 1],
  ])('with host’s ring full fills the %s, in order, and loses what comes after', (_, fifo, depth) => {
    const vmm = started({ fifo, imsc: TX })
    vmm.room = 0
    send(vmm, 'x')
    expect(vmm.read(FR) & (BUSY | TXFE)).toBe(BUSY)
    send(vmm, 'abcdefghijklmnopqrst'.slice(0, depth - 1))
    expect(vmm.read(FR) & TXFF).toBe(TXFF)
    expect(vmm.read(RIS)).toBe(0)
    send(vmm, 'lost')
    vmm.makeRoom(1000)
    expect(vmm.output).toBe(`x${'abcdefghijklmnopqrst'.slice(0, depth - 1)}`)
    expect(vmm.read(FR) & (BUSY | TXFE | TXFF)).toBe(TXFE)
    expect(vmm.read(MIS)).toBe(TX)
    expect(vmm.acknowledge()).toBe(33)
  })

  test('TX is raised when the FIFO falls to its level, not before', () => {
    const vmm = started()
    vmm.room = 0
    send(vmm, 'abcdefghijklmnop')
    vmm.makeRoom(7)
    expect(vmm.read(RIS)).toBe(0)
    vmm.makeRoom(1)
    expect(vmm.read(RIS)).toBe(TX)
    vmm.write(ICR, TX)
    vmm.makeRoom(1)
    expect(vmm.read(RIS)).toBe(0)
  })
})

describe('the interrupt', () => {
  test.each([2, 3] as const)('GICv%i: is a level, masked by IMSC, gone when its reason is', (version) => {
    const vmm = started({ version })
    vmm.type('a')
    expect(vmm.read(0x0800_0204)).toBe(0)
    vmm.write(IMSC, RT)
    expect(vmm.read(0x0800_0204)).toBe(2)
    vmm.write(IMSC, 0)
    expect(vmm.acknowledge()).toBe(1023)
    vmm.write(IMSC, RT)
    expect(vmm.acknowledge()).toBe(33)
    drain(vmm)
    vmm.end(33)
    expect(vmm.acknowledge()).toBe(1023)
  })

  test('still asserted at its end, it comes again', () => {
    const vmm = started({ imsc: RT })
    vmm.type('a')
    expect(vmm.acknowledge()).toBe(33)
    vmm.end(33)
    expect(vmm.acknowledge()).toBe(33)
    drain(vmm)
    vmm.type('b')
    vmm.end(33)
    expect(vmm.acknowledge()).toBe(33)
  })

  test('a driver that sends on TX gets all out past a slow ring', () => {
    const vmm = started({ imsc: TX })
    const text = 'a line that is longer than the FIFO, sent by interrupt\n'
    let sent = 0
    const fill = () => {
      while (sent < text.length && !(vmm.read(FR) & TXFF)) send(vmm, text[sent++]!)
    }
    vmm.room = 3
    fill()
    for (let turn = 0; turn < 100 && sent < text.length; turn++) {
      vmm.makeRoom(5)
      if (vmm.acknowledge() !== 33) continue
      fill()
      vmm.end(33)
    }
    vmm.makeRoom(100)
    expect(vmm.output).toBe(text)
  })
})

describe('loop-back', () => {
  test('what is sent comes back, to the FIFO’s end and into an overrun', () => {
    const vmm = started()
    vmm.write(CR, 0x381)
    send(vmm, 'abcdefghijklmnopq')
    expect(vmm.output).toBe('')
    expect(vmm.read(RIS) & OE).toBe(OE)
    expect(vmm.read(RSR)).toBe(8)
    expect(vmm.read(DR)).toBe(0x800 | 0x61)
    vmm.write(RSR, 0)
    expect(vmm.read(RSR)).toBe(0)
    send(vmm, 'r')
    expect(drain(vmm)).toBe('bcdefghijklmnopr')
  })

  test('the outputs are the inputs, and typed bytes wait', () => {
    const vmm = started()
    vmm.write(CR, 0x381)
    expect(vmm.read(FR) & 0x107).toBe(0)
    vmm.write(CR, 0x3f81 | 0x80)
    expect(vmm.read(FR) & 0x107).toBe(0x107)
    vmm.type('typed')
    expect(vmm.read(FR) & RXFE).toBe(RXFE)
    vmm.write(CR, 0x301)
    expect(drain(vmm)).toBe('typed')
  })
})
