/** Where requests' data stand. */
import { WINDOW_DMA } from '../abi/layout'
import { STORAGE_CONTROL, VOLUME_BUFFER } from '../abi/storage'

/** Of ticket `index`. */
export function bufferAt(index: u32): usize {
  return WINDOW_DMA + STORAGE_CONTROL + <usize>(index * <u32>VOLUME_BUFFER)
}
