/**
 * The PL011's transmit FIFO, which host's ring empties as fast as it has room.
 *
 * UARTTXINTR is raised when the FIFO drains to its level. A byte that the ring takes at once has been in the FIFO and left it, so each
 * write that leaves the FIFO at or below its level raises the interrupt: drivers send the next bytes on it.
 */

import { UARTINT_TX, UARTLCR_H_FEN } from '../../arch/pl011'
import * as core from '../core'
import { loop } from './receive'
import { depth, FIFO_SIZE, isLooped, level, uart, update } from './uart'

const fifo = memory.data(16, 16)

/** A byte written to UARTDR; lost, as in hardware, if the FIFO is full. */
export function transmit(vcpu: u32, byte: u32): void {
  const u = uart()
  if (isLooped()) loop(byte)
  else if (u.txCount || !core.consolePut(byte)) {
    drain()
    push(byte)
  }
  if (u.txCount <= txLevel()) u.ris |= UARTINT_TX
  else u.ris &= ~UARTINT_TX
  update(vcpu)
}

/** Host's ring has room again. */
export function resume(vcpu: u32): void {
  const u = uart()
  const before = u.txCount
  if (before == 0) return
  drain()
  if (before > txLevel() && u.txCount <= txLevel()) u.ris |= UARTINT_TX
  update(vcpu)
}

function push(byte: u32): void {
  const u = uart()
  if (u.txCount >= depth()) return
  store<u8>(fifo + ((u.txHead + u.txCount) & (FIFO_SIZE - 1)), <u8>byte)
  u.txCount++
}

function drain(): void {
  const u = uart()
  while (u.txCount && core.consolePut(load<u8>(fifo + u.txHead))) {
    u.txHead = (u.txHead + 1) & (FIFO_SIZE - 1)
    u.txCount--
  }
}

function txLevel(): u32 {
  const u = uart()
  return u.lcrH & UARTLCR_H_FEN ? level(u.ifls) : 0
}
