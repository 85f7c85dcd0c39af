/** The PL011's registers, FIFOs' fill and interrupt line. DDI 0183 "Interrupts". */

import { UART_INTID } from '../../abi/guest-machine'
import {
  UARTCR_DTR,
  UARTCR_LBE,
  UARTCR_OUT1,
  UARTCR_OUT2,
  UARTCR_RESET,
  UARTCR_RTS,
  UARTFR_BUSY,
  UARTFR_CTS,
  UARTFR_DCD,
  UARTFR_DSR,
  UARTFR_RI,
  UARTFR_RXFE,
  UARTFR_RXFF,
  UARTFR_TXFE,
  UARTFR_TXFF,
  UARTIFLS_RESET,
  UARTLCR_H_FEN,
} from '../../arch/pl011'
import { setLine } from '../vgic/pend'

@unmanaged
export class Uart {
  /** UARTFR as it reads now: guests poll it. */
  flags: u32
  receiveStatus: u32
  ilpr: u32
  ibrd: u32
  fbrd: u32
  lcrH: u32
  cr: u32
  ifls: u32
  imsc: u32
  ris: u32
  dmacr: u32
  line: u32
  txHead: u32
  txCount: u32
  rxHead: u32
  rxCount: u32
  /** A byte came when the receive FIFO was full, and none has gone in since. */
  overrun: u32
  backlogHead: u32
  backlogCount: u32
  /** More was typed than the backlog holds: core waits for room. */
  starved: u32
}

const at = memory.data(128, 64)

export function uart(): Uart {
  return changetype<Uart>(at)
}

export function reset(vcpu: u32): void {
  const u = uart()
  u.cr = UARTCR_RESET
  u.ifls = UARTIFLS_RESET
  update(vcpu)
}

/** Entries of each FIFO: r1p1 has 16; without FEN one holding register. */
export const FIFO_SIZE: u32 = 16
export function depth(): u32 {
  return uart().lcrH & UARTLCR_H_FEN ? FIFO_SIZE : 1
}

export function isLooped(): bool {
  return (uart().cr & UARTCR_LBE) != 0
}

/** UARTIFLS field to entries: 1/8, 1/4, 1/2, 3/4, 7/8; reserved values as the last. */
export function level(field: u32): u32 {
  switch (field & 7) {
    case 0:
      return FIFO_SIZE / 8
    case 1:
      return FIFO_SIZE / 4
    case 2:
      return FIFO_SIZE / 2
    case 3:
      return (FIFO_SIZE * 3) / 4
    default:
      return (FIFO_SIZE * 7) / 8
  }
}

/** After every change: the flag register and the interrupt line follow. */
export function update(vcpu: u32): void {
  const u = uart()
  let flags: u32 = u.txCount ? UARTFR_BUSY : UARTFR_TXFE
  if (u.txCount >= depth()) flags |= UARTFR_TXFF
  if (u.rxCount == 0) flags |= UARTFR_RXFE
  if (u.rxCount >= depth()) flags |= UARTFR_RXFF
  u.flags = flags | modem(u.cr)
  const line: u32 = u.ris & u.imsc ? 1 : 0
  if (line == u.line) return
  u.line = line
  setLine(vcpu, UART_INTID, line != 0)
}

/** The other side is ready; in loop-back the outputs are the inputs. */
function modem(cr: u32): u32 {
  if (!(cr & UARTCR_LBE)) return UARTFR_CTS | UARTFR_DSR | UARTFR_DCD
  return (
    (cr & UARTCR_RTS ? UARTFR_CTS : 0) |
    (cr & UARTCR_DTR ? UARTFR_DSR : 0) |
    (cr & UARTCR_OUT1 ? UARTFR_DCD : 0) |
    (cr & UARTCR_OUT2 ? UARTFR_RI : 0)
  )
}
