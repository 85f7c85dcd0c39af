/** Has a UART of an i.MX board to itself, and writes by it without interrupts. IMX8MPRM, "Universal Asynchronous Receiver/Transmitter (UART)". */
import { initGuest } from '../../../src/guest/entry'
import { read32, write32 } from '../../../src/guest/hw'
import { fail, pass } from '../program/verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'imx-uart'
const UART1: u64 = 0x3086_0000
const UTXD: u64 = UART1 + 0x40
const UCR1: u64 = UART1 + 0x80
const UCR2: u64 = UART1 + 0x84
const USR1: u64 = UART1 + 0x94
const UARTEN: u32 = 1 << 0
/** Not in reset, transmitter on, eight bits, whatever the other end's lines say. */
const RUNNING: u32 = (1 << 0) | (1 << 2) | (1 << 5) | (1 << 14)
const TRDY: u32 = 1 << 13
const LINES: u32 = 100
const SPINS: u32 = 1_000_000

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  write32(UCR1, UARTEN)
  write32(UCR2, RUNNING)
  for (let i: u32 = 0; i < LINES; i++) {
    put(0x30 + i / 10)
    put(0x30 + (i % 10))
    put(0x0a)
  }
  pass(NAME)
}

export function onIrq(_count: u64): void {}

function put(ch: u32): void {
  for (let i: u32 = 0; !(read32(USR1) & TRDY); i++) if (i > SPINS) fail(NAME, 'it takes no byte', ch)
  write32(UTXD, ch)
}
