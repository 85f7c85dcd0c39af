/** Boot's view of the DTB and the bundle's tree: read-only, in core's window, gone before the first guest runs. */
import { BLOCK_SIZE } from '../abi/layout'
import { EL2_READ_ONLY } from '../arch/descriptor'
import { map, unmap } from './stage1'

/** A tree may start anywhere in its first block and is at most 2 MiB long (booting.rst says so of DTBs). */
const WINDOW: u64 = 2 * BLOCK_SIZE
export const TREE_LIMIT: u32 = BLOCK_SIZE
const PA_BITS: u64 = 48

/** Maps the memory at `pa` into the window at `va`; where it then stands. 0: it cannot be mapped. */
export function openWindow(va: usize, pa: u64): usize {
  // A descriptor has no room for more bits.
  if (pa >> PA_BITS) return 0
  const block = pa & ~(<u64>(BLOCK_SIZE - 1))
  return map(va, block, WINDOW, EL2_READ_ONLY) ? va + <usize>(pa - block) : 0
}

export function inWindow(va: usize, at: u64): bool {
  return at - <u64>va < WINDOW
}

export function closeWindow(va: usize): void {
  unmap(va, WINDOW)
}
