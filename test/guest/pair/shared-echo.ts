/** Answers a neighbour that rings: adds one to the first word of the section that both write, and rings back; 255 there ends it. */

import { initGuest } from '../../../src/guest/entry'
import { acknowledge, endInterrupt, initGic } from '../../../src/guest/gic'
import { irq_on, read32, wfi, write32 } from '../../../src/guest/hw'
import { systemOff } from '../../../src/guest/psci'
import { listen, openShared, ring, SharedMemory, setState } from '../../../src/guest/shared-memory'

export { onSync } from '../../../src/guest/entry'

const END: u32 = 255
const memoryAt = memory.data(64, 8)

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  const shared = changetype<SharedMemory>(memoryAt)
  openShared(shared, 0)
  listen(shared)
  setState(shared, 1)
  irq_on()
  for (;;) wfi()
}

export function onIrq(_count: u64): void {
  const acknowledged = acknowledge()
  endInterrupt(acknowledged)
  const shared = changetype<SharedMemory>(memoryAt)
  const value = read32(shared.writable)
  if (value === 0) return // a state changed
  if (value === END) systemOff()
  write32(shared.writable, value + 1)
  ring(shared, 1 - shared.id)
}
