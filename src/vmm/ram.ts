/**
 * The guest's RAM by guest-physical address; boot/vmm-ram.h is the other half. What lies outside this VM's RAM reads as zero and
 * is not written: a device model asks `holds` first where that matters to it, and can do no harm where it forgets.
 *
 * Drivers and devices agree on order by barriers: Virtio 1.2, "Split Virtqueues".
 */

/** 1 if all `length` bytes at `ipa` are RAM of this VM. */
export declare function holds(ipa: u64, length: u64): u32
/** One access each; whole, if `ipa` is a multiple of its size. */
export declare function load16(ipa: u64): u32
export declare function load32(ipa: u64): u32
export declare function load64(ipa: u64): u64
export declare function store16(ipa: u64, value: u32): void
export declare function store32(ipa: u64, value: u32): void
export declare function store64(ipa: u64, value: u64): void
export declare function store8(ipa: u64, value: u32): void
/** 16 bytes at `ipa`, a multiple of 8, to `to` of our memory, two accesses of 64 bits; 0, and nothing is copied, if it is not RAM. */
export declare function load128(to: usize, ipa: u64): u32
/** Copies up to 64 KiB from RAM to our memory and back; 0, and nothing is copied, if it is more or not all RAM. */
export declare function read(to: usize, ipa: u64, length: u32): u32
export declare function write(ipa: u64, from: usize, length: u32): u32

/** Loads before it from loads and stores after it; stores from stores; everything from everything. */
export declare function dmb_ishld(): void
export declare function dmb_ishst(): void
export declare function dmb_ish(): void
