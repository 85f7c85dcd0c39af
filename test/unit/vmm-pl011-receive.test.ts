/** The PL011's receive side: FIFO, backlog, levels and timeout. */
import { expect, test } from 'vitest'
import { DR, drain, FR, ICR, IFLS, LCR_H, OE, RIS, RT, RX, RXFE, RXFF, started } from '../fake/uart-register.ts'

test('one byte: RT at once, RX at its level', () => {
  const vmm = started()
  vmm.type('a')
  expect(vmm.read(RIS)).toBe(RT)
  expect(vmm.read(FR) & RXFE).toBe(0)
  vmm.type('bcdefgh')
  expect(vmm.read(RIS)).toBe(RT | RX)
  expect(vmm.read(DR)).toBe(0x61)
  expect(vmm.read(RIS)).toBe(RT)
  expect(drain(vmm)).toBe('bcdefgh')
  expect(vmm.read(RIS)).toBe(0)
  expect(vmm.read(DR)).toBe(0)
})

test.each([
  [0, 2],
  [1, 4],
  [2, 8],
  [3, 12],
  [4, 14],
])('RX level %i is %i bytes', (field, bytes) => {
  const vmm = started()
  vmm.write(IFLS, field << 3)
  vmm.type('x'.repeat(bytes - 1))
  expect(vmm.read(RIS) & RX).toBe(0)
  vmm.type('x')
  expect(vmm.read(RIS) & RX).toBe(RX)
})

test('without the FIFO every byte is a level', () => {
  const vmm = started({ fifo: false })
  vmm.type('ab')
  expect(vmm.read(FR) & RXFF).toBe(RXFF)
  expect(vmm.read(RIS) & RX).toBe(RX)
  expect(drain(vmm)).toBe('ab')
})

test('a driver that enables RX alone sees a single byte', () => {
  const vmm = started({ imsc: RX })
  vmm.type('a')
  expect(vmm.acknowledge()).toBe(33)
})

test('a paste waits behind the FIFO and loses nothing', () => {
  const vmm = started()
  const paste = 'the quick brown fox '.repeat(52)
  const taken = vmm.type(paste)
  expect(taken).toBe(1024 + 16)
  expect(vmm.read(FR) & RXFF).toBe(RXFF)
  expect(drain(vmm)).toBe(paste.slice(0, taken))
  expect(vmm.read(RIS) & OE).toBe(0)
})

test('a receiver that had no room asks for more once half of the backlog is read, and once only', () => {
  const vmm = started()
  vmm.type('x'.repeat(2000))
  for (let read = 0; read < 511; read++) vmm.read(DR)
  expect(vmm.readies).toBe(0)
  vmm.read(DR)
  expect(vmm.readies).toBe(1)
  drain(vmm)
  expect(vmm.readies).toBe(1)
})

test('cleared before the FIFO is empty, RT comes again', () => {
  const vmm = started({ imsc: RT })
  vmm.type('ab')
  let text = ''
  for (let turn = 0; turn < 2; turn++) {
    expect(vmm.acknowledge()).toBe(33)
    text += String.fromCharCode(vmm.read(DR))
    vmm.write(ICR, 0x7ff)
    vmm.end(33)
  }
  expect(text).toBe('ab')
  expect(vmm.acknowledge()).toBe(1023)
})

test('switching the FIFO off and on empties it', () => {
  const vmm = started()
  vmm.type('abc')
  vmm.write(LCR_H, 0x60)
  vmm.write(LCR_H, 0x70)
  expect(vmm.read(FR) & RXFE).toBe(RXFE)
  expect(vmm.read(RIS)).toBe(0)
})
