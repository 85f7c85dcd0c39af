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
  /** It sees what the caches hold (the DTB's `dma-coherent`). */
  coherent?: boolean
  /** It reaches physical addresses below this, if not all; and what it adds to one for an address of its own. */
  reach?: number
  busOffset?: number
  /** Where its node is in the board's public DTB; a test compares. */
  node?: string
  /** QEMU's options that make a file the disk. */
  qemu?: (file: string) => string[]
}
