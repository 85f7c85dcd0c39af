/** The header of an arm64 Linux Image, which many other kernels wear too: Linux, Documentation/arch/arm64/booting.rst. */
import { ImageError, Reader } from './reader.ts'

export interface Arm64Image {
  /** Bytes above a 2 MiB boundary where the first byte belongs. */
  textOffset: number
  /** Bytes in memory, bss included. */
  memorySize: number
}

const HEADER_SIZE = 64
const MAGIC_AT = 56
const MAGIC = 'ARM\x64'
const FLAG_BIG_ENDIAN = 1
/** Before Linux 3.17 image_size was 0 and text_offset had this value whatever its field said. */
const OLD_TEXT_OFFSET = 0x8_0000

export function isArm64Image(bytes: Uint8Array): boolean {
  return new Reader(bytes).has(MAGIC_AT, MAGIC)
}

export function parseArm64Image(bytes: Uint8Array): Arm64Image {
  const file = new Reader(bytes)
  if (file.length < HEADER_SIZE) throw new ImageError('its header is cut off', 'get or build it again')
  if (file.u32(24) & FLAG_BIG_ENDIAN) {
    throw new ImageError('it is a big-endian kernel', 'build it for little-endian (CONFIG_CPU_LITTLE_ENDIAN)')
  }
  const size = file.u64(16)
  if (size === 0) return { textOffset: OLD_TEXT_OFFSET, memorySize: file.length }
  // Signed kernels carry a signature behind image_size.
  return { textOffset: file.u64(8), memorySize: Math.max(size, file.length) }
}
