/**
 * A second UART of the board for the control line, which the bundle names by its node in the machine's DTB: host drives it as it does the
 * console's.
 */
import { UART_KIND_NONE, UART_KIND_PL011 } from '../abi/compartment'
import { PAGE_SIZE, WINDOW_DEVICE } from '../abi/layout'
import { EL2_DEVICE } from '../arch/descriptor'
import { UARTFBRD, UARTIBRD } from '../arch/pl011'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import * as way from '../lib/fdt-way'
import { deviceVa } from './address'
import { serviceNode, tree } from './bundle'
import { Cpu } from './cpu'
import * as gic from './gic'
import { attachWire } from './host-life'
import * as log from './log'
import { dtb, kindOf, SPI_BASE, setWire, uartPa, wireIntid } from './machine'
import { baseOf, HOST } from './service'
import { map, mapDevice } from './stage1'

/** Behind the console's. */
const PAGE: u64 = PAGE_SIZE
/** In 64ths of what divides the clock: 16 samples a bit. DDI 0183, "UARTIBRD", "UARTFBRD". */
const BAUD: u32 = 115_200

/** The bundle's and the machine's trees are mapped, host is up. */
export function openWire(): void {
  const control = serviceNode('control')
  const property = control ? fdt.property(tree, control, 'uart') : 0
  if (!property) return
  const size = fdt.propertySize(property)
  const node = size > 1 ? way.follow(dtb, fdt.propertyData(property), size - 1) : 0
  if (!node || !take(node, fdt.cell(tree, control, 'clock', 0, 0))) {
    log.line("the board has no such UART for the control line: it is the console's")
    return
  }
  log.lockHost()
  attachWire()
  log.unlockHost()
}

function take(node: usize, clock: u32): bool {
  const pa = way.address(node, 0)
  const page = pa & ~(PAGE - 1)
  const found = kindOf(node)
  if (!pa || found === UART_KIND_NONE || page === (uartPa & ~(PAGE - 1))) return false
  if (fdt.cell(dtb, node, 'interrupts', 0, 1) !== 0) return false
  if (!mapDevice(page, PAGE) || !map(baseOf(HOST) + <u64>WINDOW_DEVICE + PAGE, page, PAGE, EL2_DEVICE)) return false
  if (found === UART_KIND_PL011 && clock) setRate(deviceVa(pa), clock)
  setWire(pa, found, SPI_BASE + fdt.cell(dtb, node, 'interrupts', 1, 0))
  return true
}

/** Of a UART that no firmware has set up: it is disabled then, and what is written here counts once host writes its line control. */
function setRate(va: u64, clock: u32): void {
  if (hw.read32(va + UARTIBRD) !== 0) return
  const divisor = (<u64>clock * 4 + BAUD / 2) / BAUD
  hw.write32(va + UARTIBRD, <u32>(divisor >> 6))
  hw.write32(va + UARTFBRD, <u32>divisor & 63)
}

/** Every CPU is there that came. */
export function routeWire(keeper: Cpu): void {
  if (wireIntid) gic.enableSpi(wireIntid, keeper)
}
