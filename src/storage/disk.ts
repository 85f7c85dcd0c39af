/** The disk, whichever driver it has. */
import { WINDOW_DMA } from '../abi/layout'
import { DRIVER_VIRTIO, STORAGE_CONTROL, VOLUME_BUFFER } from '../abi/storage'
import * as virtio from './virtio'

let driver: u32 = 0

/** How many requests it takes at once; 0: it does not work, or nobody here drives it. */
export function begin(kind: u32): u32 {
  driver = kind
  return kind == DRIVER_VIRTIO ? virtio.begin() : 0
}

/** Sectors of 512 bytes; in blocks of so many bytes the disk's own tables count. */
export function capacity(): u64 {
  return virtio.capacity()
}

export function blockSize(): u32 {
  return virtio.blockSize()
}

/** CAN_* */
export function abilities(): u32 {
  return virtio.abilities()
}

export function submit(ticket: u32, request: u32, sector: u64, count: u32): void {
  virtio.submit(ticket, request, sector, count)
}

export function interrupt(): void {
  virtio.interrupt()
}

/** Reads up to a buffer of sectors into ticket 0's, and waits for it. False: they cannot be read. */
export function readNow(sector: u64, count: u32): bool {
  return virtio.readNow(sector, count)
}

/** Where ticket `index`'s data stands. */
export function bufferAt(index: u32): usize {
  return WINDOW_DMA + STORAGE_CONTROL + <usize>(index * <u32>VOLUME_BUFFER)
}
