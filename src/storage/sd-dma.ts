/**
 * The SD host moves data itself, if it can and reaches our memory: ADMA2 with a single descriptor, since a request's buffer is one piece.
 * Memory that the host does not see through the caches is cleaned before it is told of it (src/drive/dma.ts). SD Host Controller Simplified Specification, "ADMA", "Using ADMA".
 */
import { WINDOW_DMA } from '../abi/layout'
import { STORAGE_CONTROL } from '../abi/storage'
import * as host from '../arch/sdhci'
import { deviceWrite, dmaAddress, dmaSize } from '../drive/core'
import { addressOf, LINE, toDevice } from '../drive/dma'
import { canMaster, widen } from './sd-host'

/** The descriptor, on a line of its own before the buffers. */
const TABLE: usize = WINDOW_DMA
if (LINE > <u32>STORAGE_CONTROL) ERROR('the descriptor needs a line of its own')
const NOWHERE: u64 = u64.MAX_VALUE
/** What descriptors of 32-bit addresses reach. */
const REACH: u64 = 1 << 32

let isOn: bool = false

/** The host is reset. Whether it will move data itself. */
export function begin(): bool {
  const first = dmaAddress()
  isOn = canMaster() && first != NOWHERE && first < REACH && <u64>dmaSize() <= REACH - first
  if (isOn) widen(host.ADMA2)
  return isOn
}

export function canMove(): bool {
  return isOn
}

/** The next command's data are the `size` bytes at `at` of our window, which the host reaches: 4 to 65,532, a multiple of 4. */
export function give(at: usize, size: u32): void {
  if (at < TABLE || at - TABLE > <usize>dmaSize() || size > dmaSize() - <u32>(at - TABLE)) unreachable()
  const kind = host.DESCRIPTOR_VALID | host.DESCRIPTOR_END | host.DESCRIPTOR_TRANSFER
  store<u32>(TABLE, kind | (size << host.DESCRIPTOR_LENGTH_SHIFT))
  store<u32>(TABLE, <u32>addressOf(at), 4)
  toDevice(at, size)
  toDevice(TABLE, host.DESCRIPTOR_SIZE)
  deviceWrite(host.ADMA_ADDRESS, <u32>addressOf(TABLE))
}
