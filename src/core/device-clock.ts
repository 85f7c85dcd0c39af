/** What a device of the board needs before its registers answer: on boards where one without its clock stops the core that reads it, no guest
 * may come first. The board's file says which registers of others turn it on; core writes them once. Boot only. */
import { PAGE_SIZE } from '../abi/layout'
import * as hw from '../hw'
import { deviceVa } from './address'
import * as bundle from './bundle-device'
import { mapDevice, unmap } from './stage1'
import { isTaken } from './taken'

/** The device of the bundle's `node` answers from here on. False: it would take a register that nobody may write so. */
export function turnOn(node: usize): bool {
  for (let i: u32 = 0; i < bundle.writeCount(node); i++) {
    const pa = bundle.writeAddress(node, i)
    const page = pa & ~(<u64>(PAGE_SIZE - 1))
    if (pa & 3 || pa >> 48 || isTaken(page, PAGE_SIZE) || !mapDevice(page, PAGE_SIZE)) return false
    hw.write32(deviceVa(pa), bundle.writeValue(node, i))
    hw.dsb_sy() // it has the clock before anybody asks it, and before the page is gone
    unmap(deviceVa(page), PAGE_SIZE)
  }
  return true
}
