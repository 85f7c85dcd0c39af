/** CRC-32 as GPT has it: UEFI, "GUID Partition Table Header"; ISO 3309, "Frame check sequence". */

const POLYNOMIAL: u32 = 0xedb8_8320
/** Of each value of four bits. */
const table = memory.data(64, 4)

/** Continues with `size` bytes at `at`; `before` is 0 at first. */
export function crc32(at: usize, size: u32, before: u32): u32 {
  if (!load<u32>(table, 4)) fill()
  let crc = ~before
  for (let i: u32 = 0; i < size; i++) {
    crc ^= load<u8>(at + i)
    crc = (crc >> 4) ^ load<u32>(table + ((crc & 15) << 2))
    crc = (crc >> 4) ^ load<u32>(table + ((crc & 15) << 2))
  }
  return ~crc
}

function fill(): void {
  for (let i: u32 = 0; i < 16; i++) {
    let rest = i
    for (let bit = 0; bit < 4; bit++) rest = rest & 1 ? (rest >> 1) ^ POLYNOMIAL : rest >> 1
    store<u32>(table + (i << 2), rest)
  }
}
