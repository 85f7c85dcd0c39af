/** Accesses that are narrower than the 32-bit registers they hit. */

/** An access that stays within one 32-bit register and is aligned to its size. */
export function fitsWord(offset: u32, size: u32): bool {
  return size <= 4 && (offset & (size - 1)) == 0
}

/** The bytes of a register that an access of 1, 2 or 4 bytes at `offset` reads. */
export function part(register: u32, offset: u32, size: u32): u64 {
  return size == 4 ? register : (register >> ((offset & 3) << 3)) & ones(size)
}

/** What a narrow write says of the whole register, with zeros around it. */
export function widened(value: u32, offset: u32, size: u32): u32 {
  return size == 4 ? value : (value & ones(size)) << ((offset & 3) << 3)
}

function ones(size: u32): u32 {
  return (1 << (size << 3)) - 1
}
