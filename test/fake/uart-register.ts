/** The guest's PL011, set up as a driver does, and where its registers are. */
import { FakeVmm } from './vmm.ts'

export const UART = 0x0900_0000
export const DR = UART
export const RSR = UART + 0x04
export const FR = UART + 0x18
export const LCR_H = UART + 0x2c
export const CR = UART + 0x30
export const IFLS = UART + 0x34
export const IMSC = UART + 0x38
export const RIS = UART + 0x3c
export const MIS = UART + 0x40
export const ICR = UART + 0x44
export const RX = 1 << 4
export const TX = 1 << 5
export const RT = 1 << 6
export const OE = 1 << 10
export const FEN = 1 << 4
export const MODEM = 7
export const BUSY = 1 << 3
export const RXFE = 1 << 4
export const TXFF = 1 << 5
export const RXFF = 1 << 6
export const TXFE = 1 << 7

export function started({ fifo = true, imsc = 0, version = 3 as 2 | 3 } = {}) {
  const vmm = new FakeVmm({ version })
  vmm.write(0x0800_0000, 3)
  vmm.write(0x0800_0104, 2)
  vmm.write(LCR_H, 0x60 | (fifo ? FEN : 0))
  vmm.write(CR, 0x301)
  vmm.write(IMSC, imsc)
  return vmm
}

export const send = (vmm: FakeVmm, text: string) => {
  for (const byte of Buffer.from(text)) vmm.write(DR, byte)
}
export const drain = (vmm: FakeVmm) => {
  let text = ''
  while (!(vmm.read(FR) & RXFE)) text += String.fromCharCode(vmm.read(DR) & 0xff)
  return text
}
