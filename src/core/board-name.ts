/** The board's name, of the bundle that was made for it: the boot loader's tree is gone once guests run. */

const SIZE: u32 = 64
/** NUL-terminated. */
const NAME = memory.data(64)

/** Boot only. The last byte stays 0. */
export function noteBoard(at: usize, length: u32): void {
  memory.copy(NAME, at, min<u32>(length, SIZE - 1))
}

export function boardByte(i: u32): u32 {
  return i < SIZE ? load<u8>(NAME + i) : 0
}
