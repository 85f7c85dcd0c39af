/** What core calls in the compartment that drives the board's storage; always under its lock (src/core/dispatch.ts). A call that fails
 * says all ones. */

/** Resets the device and makes it ready: how many requests it takes at once, 0 if it does not work. `clocks`: what clocks
 * an SD host, and from bit 32 on the most that it may clock a card at, Hz; 0: as it says itself. */
export declare function init(driver: u32, frequency: u64, clocks: u64): u32
/** Sectors of 512 bytes. */
export declare function capacity(): u64
/** CAN_*, HAS_DMA */
export declare function abilities(): u32
/** Reads the partition table: how many partitions it has. */
export declare function readTable(): u32
/** Of partition `number`, which counts from 1; 0 if there is none. */
export declare function partitionStart(number: u32): u64
export declare function partitionSize(number: u32): u64
/** Byte `i` of its name, 0 behind the last. */
export declare function partitionName(number: u32, i: u32): u32
/** Byte `i` of a name to look for; then its number, PARTITION_NONE or PARTITION_TWICE. */
export declare function setName(i: u32, ch: u32): void
export declare function findNamed(): u32
/** `ticket` in the lower half of the first, the request (VOLUME_*) in the upper; `sector` of the device. */
export declare function submit(what: u32, sector: u64, count: u32): void
/** The device interrupted: what it has done is told by `core.requestDone`. */
export declare function interrupt(): void
