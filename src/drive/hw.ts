/** What a driver does to its CPU: order and caches of the memory that it shares with its device (boot/drive-hw.h). */

/** Everything before is seen by the device before everything after; the same of loads alone, of stores alone. */
export declare function dmb_osh(): void
export declare function dmb_oshld(): void
export declare function dmb_oshst(): void
/** Cleans and invalidates `size` bytes of our window to the point of coherency. */
export declare function clean(at: usize, size: u32): void
