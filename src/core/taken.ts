/** What of the board is the hypervisor's own, and no VM's nor a service's. Boot only. */
import { PAGE_SIZE } from '../abi/layout'
import {
  dtb,
  GIC_FRAME,
  giccPa,
  giccSize,
  gicdPa,
  gichPa,
  gicrPa,
  gicrSize,
  gicvPa,
  pmPa,
  uartPa,
  wirePa,
} from './machine'
import * as ram from './ram'

/** Whether a device's pages would be RAM, or of a device that is the hypervisor's own: console, control line, interrupt controller, power. */
export function isTaken(pa: u64, size: u64): bool {
  return (
    ram.overlaps(dtb, pa, size) ||
    meets(pa, size, uartPa, PAGE_SIZE) ||
    meets(pa, size, wirePa, PAGE_SIZE) ||
    meets(pa, size, pmPa, PAGE_SIZE) ||
    meets(pa, size, gicdPa, GIC_FRAME) ||
    meets(pa, size, gicrPa, gicrSize) ||
    meets(pa, size, giccPa, giccSize) ||
    meets(pa, size, gichPa, GIC_FRAME) ||
    meets(pa, size, gicvPa, GIC_FRAME)
  )
}

/** Whether the pages of a register block, if there is one, lie in the range. */
function meets(pa: u64, size: u64, block: u64, length: u64): bool {
  const first = block & ~(<u64>(PAGE_SIZE - 1))
  return block != 0 && pa < block + length && first < pa + size
}
