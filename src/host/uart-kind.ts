/** Of which kind a UART is. */

import { UART_KIND_CADENCE, UART_KIND_IMX, UART_KIND_MINI, UART_KIND_PL011 } from '../abi/compartment'
import { WINDOW_DEVICE } from '../abi/layout'
import { dataOffset, Room } from '../arch/uart'
import { Uart } from './uart'
import { initCadence } from './uart-cadence'
import { initImx } from './uart-imx'
import { initMini } from './uart-mini'
import { initPl011 } from './uart-pl011'

/** `offset`: of its registers from WINDOW_DEVICE on, where core mapped the pages of host's UARTs. False: a kind that we do not drive. */
export function initUart(uart: Uart, kind: u32, offset: u32): boolean {
  const at = (WINDOW_DEVICE as usize) + offset
  uart.kept = -1
  uart.sendAt = at + dataOffset(kind)
  uart.roomAt = at + Room.offset(kind)
  uart.roomMask = Room.mask(kind)
  uart.roomValue = Room.value(kind)
  if (kind === UART_KIND_PL011) initPl011(uart, at)
  else if (kind === UART_KIND_MINI) initMini(uart, at)
  else if (kind === UART_KIND_CADENCE) initCadence(uart, at)
  else if (kind === UART_KIND_IMX) initImx(uart, at)
  else return false
  return true
}
