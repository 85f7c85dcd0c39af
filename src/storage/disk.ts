/** The disk, whichever driver it has. */
import { DRIVER_SDHCI, DRIVER_VIRTIO } from '../abi/storage'
import * as sd from './sd'
import * as card from './sd-card'
import * as virtio from './virtio'

const BLOCK: u32 = 512
let driver: u32 = 0

/** How many requests it takes at once; 0: it does not work, or nobody here drives it. `clock`, `speed`: of an SD host, Hz. */
export function begin(kind: u32, clock: u32, speed: u32): u32 {
  driver = kind
  if (kind == DRIVER_SDHCI) return sd.begin(clock, speed)
  return kind == DRIVER_VIRTIO ? virtio.begin() : 0
}

function isCard(): bool {
  return driver == DRIVER_SDHCI
}

/** Sectors of 512 bytes; in blocks of so many bytes the disk's own tables count. */
export function capacity(): u64 {
  return isCard() ? card.capacity() : virtio.capacity()
}

export function blockSize(): u32 {
  return isCard() ? BLOCK : virtio.blockSize()
}

/** CAN_*, HAS_DMA */
export function abilities(): u32 {
  return isCard() ? sd.abilities() : virtio.abilities()
}

export function submit(ticket: u32, request: u32, sector: u64, count: u32): void {
  if (isCard()) sd.submit(ticket, request, sector, count)
  else virtio.submit(ticket, request, sector, count)
}

export function interrupt(): void {
  if (isCard()) sd.interrupt()
  else virtio.interrupt()
}

/** Reads up to a buffer of sectors into ticket 0's, and waits for it. False: they cannot be read. */
export function readNow(sector: u64, count: u32): bool {
  return isCard() ? sd.readNow(sector, count) : virtio.readNow(sector, count)
}
