/** A bounded queue of bytes in static memory: its writer is refused when it is full, never overwritten. */

/** Bytes before the data. */
export const RING_HEADER: u32 = 16

@unmanaged
export class Ring {
  /** Positions only grow, and wrap at 2^32; under the mask they are indices. */
  private head: u32
  private tail: u32
  private mask: u32
  /** Line feeds among the bytes held. */
  lines: u32

  /** `size` is a power of two. */
  init(size: u32): void {
    this.head = 0
    this.tail = 0
    this.mask = size - 1
    this.lines = 0
  }

  used(): u32 {
    return this.tail - this.head
  }

  isFull(): boolean {
    return this.used() > this.mask
  }

  push(ch: u32): boolean {
    if (this.isFull()) return false
    store<u8>(changetype<usize>(this) + RING_HEADER + (this.tail & this.mask), ch as u8)
    this.tail += 1
    if (ch === 0x0a) this.lines += 1
    return true
  }

  /** Up to eight bytes, the first in bits 7:0; how many were taken. */
  pushSeveral(bytes: u64, count: u32): u32 {
    const taken = min(count, this.mask + 1 - this.used())
    const at = changetype<usize>(this) + RING_HEADER
    let lines: u32 = 0
    for (let i: u32 = 0; i < taken; i++) {
      const ch = <u32>bytes & 0xff
      store<u8>(at + ((this.tail + i) & this.mask), ch)
      lines += u32(ch === 0x0a)
      bytes >>= 8
    }
    this.tail += taken
    this.lines += lines
    return taken
  }

  /** Moves printable ASCII up to the first byte that is none, at most `limit`; how many. `to` has room for them. */
  moveText(to: Ring, limit: u32): u32 {
    const from = changetype<usize>(this) + RING_HEADER
    const into = changetype<usize>(to) + RING_HEADER
    const most = min(limit, this.used())
    let count: u32 = 0
    for (; count < most; count++) {
      const ch: u32 = load<u8>(from + ((this.head + count) & this.mask))
      if (ch - 0x20 >= 0x7f - 0x20) break
      store<u8>(into + ((to.tail + count) & to.mask), ch)
    }
    this.head += count
    to.tail += count
    return count
  }

  /** The next byte, 0 if there is none. */
  peek(): u32 {
    return this.used() === 0 ? 0 : load<u8>(changetype<usize>(this) + RING_HEADER + (this.head & this.mask))
  }

  /** Only when `used()` is not 0. */
  pop(): u32 {
    const ch: u32 = load<u8>(changetype<usize>(this) + RING_HEADER + (this.head & this.mask))
    this.head += 1
    if (ch === 0x0a) this.lines -= 1
    return ch
  }
}

if (offsetof<Ring>() !== RING_HEADER) ERROR('Ring: its data starts behind its fields')
