/** storage: drives the board's disk, and reads its partition table. What core calls: src/core/storage.ts is the other side. */
import { setFrequency } from '../drive/clock'
import * as disk from './disk'
import * as table from './table'

export { findNamed, partitionName, partitionSize, partitionStart, setName } from './table'

/** Once, over memory that is zero. `clocks`: what clocks an SD host, and from bit 32 on the most that it may clock a card at, Hz; 0
 * where it says so itself. How many requests the device takes at once; 0: it does not work. */
export function init(driver: u32, frequency: u64, clocks: u64): u32 {
  setFrequency(frequency)
  return disk.begin(driver, <u32>clocks, <u32>(clocks >> 32))
}

/** Sectors of 512 bytes. */
export function capacity(): u64 {
  return disk.capacity()
}

/** CAN_*, HAS_DMA */
export function abilities(): u32 {
  return disk.abilities()
}

/** Reads the partition table, and waits for that: how many partitions the disk has. */
export function readTable(): u32 {
  return table.read()
}

/** `what`: ticket in the lower half, VOLUME_* in the upper. core never hands over more than `init` said. */
export function submit(what: u32, sector: u64, count: u32): void {
  disk.submit(what & 0xffff, what >> 16, sector, count)
}

export function interrupt(): void {
  disk.interrupt()
}
