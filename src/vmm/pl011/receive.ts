/**
 * The PL011's receive FIFO, and a backlog behind it that takes what a person pastes. Nothing typed is lost: with the backlog full,
 * core keeps the bytes until there is room again, so only loop-back can overrun.
 *
 * UARTRXINTR is raised when the FIFO fills to its level and falls when reading takes it below. UARTRTINTR would follow 32 bit periods
 * of silence; since bytes take no time here it is raised as soon as the FIFO holds anything, and again if it is cleared before the FIFO
 * is empty, so that a driver that reads one byte for each interrupt sees them all.
 */

import { UARTDR_OE, UARTINT_OE, UARTINT_RT, UARTINT_RX, UARTLCR_H_FEN, UARTRSR_OE } from '../../arch/pl011'
import * as core from '../core'
import { depth, FIFO_SIZE, isLooped, level, uart, update } from './uart'

const fifo = memory.data(16, 16)
export const BACKLOG: u32 = 1024
const backlog = memory.data(1024, 16)

/** Bytes that `input` takes now. None: core hears of it once there is room. */
export function space(): u32 {
  const u = uart()
  const free = BACKLOG - u.backlogCount
  if (free == 0) u.starved = 1
  return free
}

/** A typed byte, for which there is space. */
export function input(vcpu: u32, byte: u32): void {
  const u = uart()
  if (u.backlogCount == 0 && u.rxCount < depth() && !isLooped()) {
    push(byte)
    update(vcpu)
  } else if (u.backlogCount < BACKLOG) {
    store<u8>(backlog + ((u.backlogHead + u.backlogCount) & (BACKLOG - 1)), <u8>byte)
    u.backlogCount++
  }
}

/** UARTDR read. An empty FIFO reads as zero. */
export function receive(vcpu: u32): u32 {
  const u = uart()
  if (u.rxCount == 0) return 0
  const byte: u32 = load<u8>(fifo + u.rxHead) | (u.overrun ? UARTDR_OE : 0)
  u.rxHead = (u.rxHead + 1) & (FIFO_SIZE - 1)
  u.rxCount--
  if (u.rxCount < rxLevel()) u.ris &= ~UARTINT_RX
  if (u.rxCount == 0) u.ris &= ~UARTINT_RT
  refill()
  update(vcpu)
  return byte
}

/** A transmitted byte comes back, in loop-back. */
export function loop(byte: u32): void {
  const u = uart()
  if (u.rxCount < depth()) {
    push(byte)
    return
  }
  u.overrun = 1
  u.receiveStatus |= UARTRSR_OE
  u.ris |= UARTINT_OE
}

/** From the backlog, as far as the FIFO has room. */
export function refill(): void {
  const u = uart()
  if (isLooped()) return
  while (u.backlogCount && u.rxCount < depth()) {
    const byte: u32 = load<u8>(backlog + u.backlogHead)
    u.backlogHead = (u.backlogHead + 1) & (BACKLOG - 1)
    u.backlogCount--
    push(byte)
  }
  if (u.starved && u.backlogCount <= BACKLOG >> 1) {
    u.starved = 0
    core.consoleReady()
  }
}

/** The levels, masks or FIFO mode changed, or an interrupt was cleared: raises what the FIFO's contents demand. */
export function reassess(): void {
  const u = uart()
  if (u.rxCount) u.ris |= UARTINT_RT
}

/** A new level or mask that the FIFO already fulfils. */
export function relevel(): void {
  const u = uart()
  if (u.rxCount >= rxLevel()) u.ris |= UARTINT_RX
}

function push(byte: u32): void {
  const u = uart()
  store<u8>(fifo + ((u.rxHead + u.rxCount) & (FIFO_SIZE - 1)), <u8>byte)
  u.rxCount++
  u.overrun = 0
  u.ris |= UARTINT_RT
  relevel()
}

function rxLevel(): u32 {
  const u = uart()
  if (!(u.lcrH & UARTLCR_H_FEN)) return 1
  return (u.imsc & (UARTINT_RX | UARTINT_RT)) == UARTINT_RX ? 1 : level(u.ifls >> 3)
}
