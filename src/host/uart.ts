/** Drives the board's UARTs, the console's and that of a control line, of whichever kind: what differs are the names and places of the same few things, which the
 * kind's own file (uart-pl011.ts and its like) states once, at boot. The firmware's baud rate stays as it is. */

import { read32, write32 } from './hw'

@unmanaged
export class Uart {
  /** The bits of `roomMask` read as `roomValue` while the transmit FIFO takes a byte; so for idle and ready. */
  roomAt: usize
  roomMask: u32
  roomValue: u32
  /** Nothing is left in the FIFO, nor on its way out. */
  idleAt: usize
  idleMask: u32
  idleValue: u32
  /** A byte was received. */
  readyAt: usize
  readyMask: u32
  readyValue: u32
  sendAt: usize
  receiveAt: usize
  /** Bits beside a received byte that say that it is none: framing, parity, break. */
  receiveErrors: u32
  /** Where interrupts that stay asserted until told are cleared: those of reception, and, before a byte is sent, of room. */
  clearAt: usize
  clearReceive: u32
  clearRoom: u32
  /** Register that enables interrupts, what it holds, and the bits for received bytes and for room. */
  enableAt: usize
  enabled: u32
  inputInterrupt: u32
  roomInterrupt: u32
  /** Where writing a one disables an interrupt, and enabling writes single ones too; 0 where `enableAt` holds them all. */
  disableAt: usize
  /** Read before the UART was set up, which would have lost it; negative: nothing. */
  kept: i32
}

if (offsetof<Uart>() > 92) ERROR('uart: the records outgrew their memory')
export const console = changetype<Uart>(memory.data(92, 4))
/** Where records go alone, if the config names one. */
export const wire = changetype<Uart>(memory.data(92, 4))

/** Longer than a full FIFO takes at 9600 baud, if a read takes 50 ns or more. */
export const IDLE_SPINS: u32 = 1 << 19

/** Until the last bit is on the wire, or the flags were read `spins` times. */
export function awaitIdle(uart: Uart, spins: u32): void {
  for (let i: u32 = 0; i < spins && (read32(uart.idleAt) & uart.idleMask) !== uart.idleValue; i++) {}
}

export function canSend(uart: Uart): boolean {
  return (read32(uart.roomAt) & uart.roomMask) === uart.roomValue
}

/** Only while `canSend`. */
export function send(uart: Uart, ch: u32): void {
  if (uart.clearRoom) write32(uart.clearAt, uart.clearRoom) // what it says next is true of a FIFO that holds this byte
  write32(uart.sendAt, ch)
}

export function keepReceived(uart: Uart): void {
  uart.kept = receive(uart)
}

/** Bytes are there, announced by no interrupt: they came before the UART was set up. */
export function hasReceived(uart: Uart): boolean {
  return uart.kept >= 0 || (read32(uart.readyAt) & uart.readyMask) === uart.readyValue
}

/** The next byte received, or a negative number; bytes with errors are dropped. */
export function receive(uart: Uart): i32 {
  if (uart.kept >= 0) {
    const first = uart.kept
    uart.kept = -1
    return first
  }
  for (let i = 0; i < 32; i++) {
    if ((read32(uart.readyAt) & uart.readyMask) !== uart.readyValue) return -1
    const data = read32(uart.receiveAt)
    if ((data & uart.receiveErrors) === 0) return (data & 0xff) as i32
  }
  return -1
}

/** Before the receive FIFO is emptied: what arrives later asserts the interrupt anew. */
export function clearReceive(uart: Uart): void {
  if (uart.clearReceive) write32(uart.clearAt, uart.clearReceive)
}

/** Asks for an interrupt when bytes arrive. */
export function awaitInput(uart: Uart, wanted: boolean): void {
  enable(uart, uart.inputInterrupt, wanted)
}

/**
 * Asks for an interrupt when the transmit FIFO runs low. It is never cleared by itself: sending does that, and while it stays
 * asserted there is room to use.
 */
export function awaitRoom(uart: Uart, wanted: boolean): void {
  enable(uart, uart.roomInterrupt, wanted)
}

function enable(uart: Uart, interrupts: u32, wanted: boolean): void {
  const next = wanted ? uart.enabled | interrupts : uart.enabled & ~interrupts
  if (next === uart.enabled) return
  uart.enabled = next
  if (uart.disableAt) write32(wanted ? uart.enableAt : uart.disableAt, interrupts)
  else write32(uart.enableAt, next)
}
