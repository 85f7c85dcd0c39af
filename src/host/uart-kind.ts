/** Which UART the board's console is. */

import { UART_KIND_CADENCE, UART_KIND_IMX, UART_KIND_MINI, UART_KIND_PL011 } from '../abi/compartment'
import { WINDOW_DEVICE } from '../abi/layout'
import { dataOffset, Room } from '../arch/uart'
import { uart } from './uart'
import { initCadence } from './uart-cadence'
import { initImx } from './uart-imx'
import { initMini } from './uart-mini'
import { initPl011 } from './uart-pl011'

/** `offset`: of its registers in the page that core mapped. False: a kind that we do not drive. */
export function initUart(kind: u32, offset: u32): boolean {
  const at = (WINDOW_DEVICE as usize) + offset
  uart.sendAt = at + dataOffset(kind)
  uart.roomAt = at + Room.offset(kind)
  uart.roomMask = Room.mask(kind)
  uart.roomValue = Room.value(kind)
  if (kind === UART_KIND_PL011) initPl011(at)
  else if (kind === UART_KIND_MINI) initMini(at)
  else if (kind === UART_KIND_CADENCE) initCadence(at)
  else if (kind === UART_KIND_IMX) initImx(at)
  else return false
  return true
}
