/** What core calls in the compartment that drives the board's network card; always under its lock (src/core/outside.ts). A call that
 * fails says all ones. */

/** Resets the card and makes it ready: 1 if it works. */
export declare function init(frequency: u64): u32
/** The card interrupted. */
export declare function interrupt(): void
/** The next frame that came: where in the shared memory, and its bytes from bit 32 on; all ones: there is none. */
export declare function receive(): u64
/** The card hears of buffers that it has again. */
export declare function refill(): void
/** A frame of `size` bytes, header and all, in buffer `i`; then, once for several, `send`. */
export declare function transmit(i: u32, size: u32): void
export declare function send(): void
/** A buffer whose frame is sent; all ones: there is none. */
export declare function reclaim(): u32
