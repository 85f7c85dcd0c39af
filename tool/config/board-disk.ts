/** A disk of a board, as its board's file states it: what the hypervisor's service `storage` drives, and VMs' disks can be on. */

export interface BoardDisk {
  /** What to call it. */
  title: string
  driver: 'virtio' | 'sdhci'
  /** Its registers; of `virtio` those of all slots, one of which holds the disk. */
  base: number
  size: number
  /** Of its shared interrupt; of `virtio` that of the first slot. */
  intid: number
  edge?: boolean
  /** Of `virtio`: bytes from a slot to the next. */
  stride?: number
  /** Of `sdhci`: what clocks the host at most, Hz, where its capabilities do not say, or not what the board does. */
  clock?: number
  /** Of `sdhci`: the most that it may clock a card at, Hz, where a faster one needs what nothing here sets. */
  speed?: number
  /** It sees what the caches hold (the DTB's `dma-coherent`). */
  coherent?: boolean
  /** It reaches physical addresses below this, if not all. */
  reach?: number
  /** Where its node is in the board's DTB, whose buses say by `dma-ranges` what it calls an address; a test compares with the public one. */
  node?: string
  /** QEMU's options that make a file the disk. */
  qemu?: (file: string) => string[]
}
