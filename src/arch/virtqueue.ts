/** The split virtqueue's three areas in the driver's memory. Virtio 1.2, "Split Virtqueues". */

/** A descriptor: address, 64 bits; then length, 32, flags, 16, and the next one's index, 16. */
export const DESCRIPTOR_SHIFT: u32 = 4
export const DESCRIPTOR_ALIGNMENT: u64 = 16
export const F_NEXT: u32 = 1
export const F_WRITE: u32 = 2
export const F_INDIRECT: u32 = 4

/** The available ring: flags, index, the heads of `size` chains, used_event. */
export const AVAILABLE_INDEX: u64 = 2
export const AVAILABLE_RING: u64 = 4
export const AVAILABLE_ALIGNMENT: u64 = 2
export const F_NO_INTERRUPT: u32 = 1

/** The used ring: flags, index, `size` pairs of head and length, avail_event. */
export const USED_INDEX: u64 = 2
export const USED_RING: u64 = 4
export const USED_ALIGNMENT: u64 = 4

export function tableSize(size: u32): u64 {
  return (<u64>size) << DESCRIPTOR_SHIFT
}

/** With the event field behind it. */
export function availableSize(size: u32): u64 {
  return 6 + ((<u64>size) << 1)
}

export function usedSize(size: u32): u64 {
  return 6 + ((<u64>size) << 3)
}
