/** The balloon's features, queues and configuration space. Virtio 1.2, "Traditional Memory Balloon Device". */

export const F_DEFLATE_ON_OOM: u64 = 1 << 2
export const F_PAGE_REPORTING: u64 = 1 << 5

export const INFLATE: u32 = 0
export const DEFLATE: u32 = 1
/** reporting_vq where the driver has all the others before it. */
export const REPORTING: u32 = 4

/** Words of the configuration space: how many pages the device wants, how many the driver says it has. */
export const NUM_PAGES: u32 = 0
export const ACTUAL: u32 = 4

/** The driver counts in pages of 4 KiB, whatever its own are; a page's number takes 32 bits. */
export const PFN_SHIFT: u64 = 12
export const PFN_SIZE: u32 = 4
