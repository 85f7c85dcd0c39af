/** What a service that drives a device may ask of core, which granted it one: src/core/grant.ts is the other side. */

/** Register at `offset`, 32 bits; all ones outside of those that were granted, where a write is dropped. */
export declare function deviceRead(offset: u32): u32
export declare function deviceWrite(offset: u32, value: u32): void
/** What the device calls the first byte at WINDOW_DMA, all ones if it does not reach what stands there; how many bytes there are. */
export declare function dmaAddress(): u64
export declare function dmaSize(): u32
/** 1: it sees what the caches hold (the DTB's `dma-coherent`). */
export declare function dmaCoherent(): u32
/** Physical count. */
export declare function ticks(): u64
