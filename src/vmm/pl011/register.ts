/**
 * PL011 UART of the VM's console, revision r1p1 with 16-entry FIFOs. DDI 0183 "Programmers Model".
 *
 * Deviations, all towards what drivers find on emulated machines:
 * - no time passes: a byte has left when host's ring takes it, and the receive timeout comes at once;
 * - bytes pass whether or not UARTEN, TXE and RXE are set, and the modem inputs say that the other side is ready;
 * - with RXIM set and RTIM clear the receive level is one byte, or a driver without the timeout would never see a short line.
 * Accesses of 8, 16 and 32 bits reach a register; a narrow write counts as the register's value, others as RAZ/WI.
 */

import {
  UARTCR,
  UARTCR_MASK,
  UARTDMACR,
  UARTDMACR_MASK,
  UARTDR,
  UARTFBRD,
  UARTFBRD_MASK,
  UARTFR,
  UARTIBRD,
  UARTIBRD_MASK,
  UARTICR,
  UARTIFLS,
  UARTIFLS_MASK,
  UARTILPR,
  UARTILPR_MASK,
  UARTIMSC,
  UARTINT_MASK,
  UARTINT_RT,
  UARTINT_RX,
  UARTLCR_H,
  UARTLCR_H_FEN,
  UARTLCR_H_MASK,
  UARTMIS,
  UARTPeriphID0,
  UARTRIS,
  UARTRSR,
} from '../../arch/pl011'
import { fitsWord, part, widened } from '../width'
import { reassess, receive, refill, relevel } from './receive'
import { transmit } from './transmit'
import { uart, update } from './uart'

/** UARTPeriphID0 to 3 and UARTPCellID0 to 3, lowest first: PL011, Arm, r1p1. */
const IDENTIFICATION: u64 = 0xb105_f00d_0014_1011

export function readUart(vcpu: u32, offset: u32, size: u32): u64 {
  if (offset == UARTFR) return part(uart().flags, offset, size)
  return fitsWord(offset, size) ? part(read(vcpu, offset & ~3), offset, size) : 0
}

function read(vcpu: u32, offset: u32): u32 {
  const u = uart()
  switch (offset) {
    case UARTDR:
      return receive(vcpu)
    case UARTRSR:
      return u.receiveStatus
    case UARTFR:
      return u.flags
    case UARTILPR:
      return u.ilpr
    case UARTIBRD:
      return u.ibrd
    case UARTFBRD:
      return u.fbrd
    case UARTLCR_H:
      return u.lcrH
    case UARTCR:
      return u.cr
    case UARTIFLS:
      return u.ifls
    case UARTIMSC:
      return u.imsc
    case UARTRIS:
      return u.ris
    case UARTMIS:
      return u.ris & u.imsc
    case UARTDMACR:
      return u.dmacr
    default:
      return offset >= UARTPeriphID0 ? <u32>(IDENTIFICATION >> ((offset - UARTPeriphID0) << 1)) & 0xff : 0
  }
}

export function writeUart(vcpu: u32, offset: u32, size: u32, word: u32): void {
  if (offset & 3 || size > 4) return
  const value = widened(word, 0, size)
  const u = uart()
  switch (offset) {
    case UARTDR:
      transmit(vcpu, value & 0xff)
      return
    case UARTRSR:
      u.receiveStatus = 0
      break
    case UARTILPR:
      u.ilpr = value & UARTILPR_MASK
      break
    case UARTIBRD:
      u.ibrd = value & UARTIBRD_MASK
      break
    case UARTFBRD:
      u.fbrd = value & UARTFBRD_MASK
      break
    case UARTLCR_H:
      setLineControl(value & UARTLCR_H_MASK)
      break
    case UARTCR:
      u.cr = value & UARTCR_MASK
      refill() // leaving loop-back
      break
    case UARTIFLS:
      u.ifls = value & UARTIFLS_MASK
      relevel()
      break
    case UARTIMSC:
      u.imsc = value & UARTINT_MASK
      relevel()
      break
    case UARTICR:
      u.ris &= ~value
      reassess()
      break
    case UARTDMACR:
      u.dmacr = value & UARTDMACR_MASK
      break
    default:
      return
  }
  update(vcpu)
}

/** Switching the FIFOs on or off empties them. */
function setLineControl(value: u32): void {
  const u = uart()
  const isSwitched = ((value ^ u.lcrH) & UARTLCR_H_FEN) != 0
  u.lcrH = value
  if (!isSwitched) return
  u.txCount = 0
  u.rxCount = 0
  u.ris &= ~(UARTINT_RX | UARTINT_RT)
  refill()
}
