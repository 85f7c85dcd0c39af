/** Volatile device access within host's own window, where core mapped the registers that the board grants. */

export declare function read32(at: usize): u32
export declare function write32(at: usize, value: u32): void
