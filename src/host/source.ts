/** Those who print: the VMs, the hypervisor, and the console itself, each with a name, a ring and its place in a line. */

import { MAX_VMS } from '../abi/layout'
import { byteOf } from '../lib/literal'
import { RING_HEADER, Ring } from './ring'

/** Sources below this are the VMs. */
export const VMS: u32 = MAX_VMS
export const HYPERVISOR: u32 = MAX_VMS
/** The answers to `Ctrl-]` commands; apart from HYPERVISOR, so that they never fall into the middle of its lines. */
export const CONSOLE: u32 = MAX_VMS + 1
export const SOURCES: u32 = MAX_VMS + 2
export const NOBODY: u32 = 0xff

/** Bytes that each source may have waiting. */
export const OUTPUT_SIZE: u32 = 2048
/** A waiting VM is told of room when this much is free: one exit for many bytes, not one for each. */
export const OUTPUT_ROOM: u32 = 1024
export const NAME_SIZE: u32 = 31

const OUTPUT_STRIDE: u32 = 2064
const OUTPUTS = memory.data(18 * 2064, 16)
const SOURCE_STRIDE: u32 = 48
const SOURCE_POOL = memory.data(18 * 48, 16)

@unmanaged
export class Source {
  /** Columns that its unfinished line has on the screen: a backspace may not go back into the name. */
  column: u32
  /** A carriage return came; whether it ends a line shows with the next byte. */
  returned: boolean
  nameLength: u8
  // NAME_SIZE bytes of name follow.

  nameAt(index: u32): u32 {
    return load<u8>(changetype<usize>(this) + offsetof<Source>() + index)
  }

  setName(index: u32, ch: u32): void {
    if (index >= NAME_SIZE) return
    // A name is printed before every line: it may not carry control bytes.
    store<u8>(changetype<usize>(this) + offsetof<Source>() + index, (ch > 0x20 && ch < 0x7f ? ch : 0x3f) as u8)
    if (index >= this.nameLength) this.nameLength = (index + 1) as u8
  }
}

if (SOURCES !== 18) ERROR('source: the pools hold 18 sources')
if (OUTPUT_STRIDE !== RING_HEADER + OUTPUT_SIZE) ERROR('source: OUTPUT_STRIDE is a ring and its bytes')
if (offsetof<Source>() + NAME_SIZE > SOURCE_STRIDE) ERROR('source: SOURCE_STRIDE holds the fields and the name')

export function sourceAt(source: u32): Source {
  return changetype<Source>(SOURCE_POOL + source * SOURCE_STRIDE)
}

export function outputOf(source: u32): Ring {
  return changetype<Ring>(OUTPUTS + source * OUTPUT_STRIDE)
}

/** Columns of the longest name: every line's text starts in the same column. */
let nameWidth: u32 = 0

export function nameColumns(): u32 {
  return nameWidth
}

export function setName(source: u32, index: u32, ch: u32): void {
  sourceAt(source).setName(index, ch)
  if (sourceAt(source).nameLength > nameWidth) nameWidth = sourceAt(source).nameLength
}

export function initSources(): void {
  for (let source: u32 = 0; source < SOURCES; source++) outputOf(source).init(OUTPUT_SIZE)
  const name = 'bulkhead'
  for (let i: u32 = 0; byteOf(name, i); i++) {
    setName(HYPERVISOR, i, byteOf(name, i))
    setName(CONSOLE, i, byteOf(name, i))
  }
}
