/** The loadable segments of an AArch64 ELF file: System V ABI, "Program Header"; ELF for the Arm 64-bit Architecture. */
import { hex } from '../ui/number.ts'
import { ImageError, Reader } from './reader.ts'

export interface Elf {
  /** Physical address of the first instruction. */
  entry: number
  segments: Segment[]
}

export interface Segment {
  /** Physical (load) address. */
  address: number
  bytes: Uint8Array
  /** Bytes in memory; those past the file's are zero. */
  memorySize: number
}

const CLASS_64 = 2
const LITTLE_ENDIAN = 1
const TYPE_REL = 1
const TYPE_EXEC = 2
const TYPE_DYN = 3
const MACHINE_AARCH64 = 183
const PT_LOAD = 1
const PHDR_SIZE = 56
const SEGMENTS_MOST = 64

const MACHINES: Record<number, string> = { 3: 'x86', 40: '32-bit Arm', 62: 'x86-64', 243: 'RISC-V', 8: 'MIPS' }

export function isElf(bytes: Uint8Array): boolean {
  return new Reader(bytes).has(0, '\x7fELF')
}

export function parseElf(bytes: Uint8Array): Elf {
  const file = new Reader(bytes)
  checkIdentity(file)
  const at = file.u64(32)
  const entrySize = file.u16(54)
  const count = file.u16(56)
  if (entrySize !== PHDR_SIZE && count > 0) {
    throw new ImageError(`its program headers have ${entrySize} bytes instead of ${PHDR_SIZE}`, 'build it again')
  }
  const headers = Array.from({ length: Math.min(count, SEGMENTS_MOST) }, (_, i) => at + i * PHDR_SIZE)
  const loads = headers.filter((header) => file.u32(header) === PT_LOAD)
  const segments = loads.map((header) => segmentOf(file, header)).filter((segment) => segment.memorySize > 0)
  if (segments.length === 0) {
    throw new ImageError('it has nothing to load (no PT_LOAD segment)', 'link it as a program')
  }
  return { entry: physicalEntry(file, loads), segments }
}

function checkIdentity(file: Reader): void {
  const machine = file.u8(5) === LITTLE_ENDIAN ? file.u16(18) : 0
  if (file.u8(5) !== LITTLE_ENDIAN) {
    throw new ImageError('it is a big-endian ELF file', 'build it for little-endian AArch64')
  }
  if (machine !== MACHINE_AARCH64 || file.u8(4) !== CLASS_64) {
    const what = MACHINES[machine] ?? `machine ${machine}`
    throw new ImageError(`it is an ELF file for ${what}, not for AArch64`, 'build it for aarch64')
  }
  const type = file.u16(16)
  if (type === TYPE_REL)
    throw new ImageError('it is an ELF object file that was never linked', 'link it (ld.lld -T ...)')
  if (type !== TYPE_EXEC && type !== TYPE_DYN) {
    throw new ImageError(`it is an ELF file of type ${type}, not a program`, 'link it as a program')
  }
}

function segmentOf(file: Reader, header: number): Segment {
  const offset = file.u64(header + 8)
  const address = file.u64(header + 24)
  const fileSize = file.u64(header + 32)
  const memorySize = file.u64(header + 40)
  if (!file.holds(offset, fileSize)) {
    throw new ImageError(`its segment at ${hex(address)} reaches past the end of the file`, 'get or build it again')
  }
  if (memorySize < fileSize) {
    throw new ImageError(`its segment at ${hex(address)} is larger in the file than in memory`, 'build it again')
  }
  return { address, bytes: file.bytes.subarray(offset, offset + fileSize), memorySize }
}

/** e_entry is virtual; a guest starts with its MMU off, so the segment's physical address counts. */
function physicalEntry(file: Reader, headers: number[]): number {
  const entry = file.u64(24)
  for (const header of headers) {
    const virtual = file.u64(header + 16)
    if (entry >= virtual && entry - virtual < file.u64(header + 40)) return entry - virtual + file.u64(header + 24)
  }
  throw new ImageError(
    `its entry ${hex(entry)} lies in none of its segments`,
    'name the entry when linking (ENTRY(...))',
  )
}
