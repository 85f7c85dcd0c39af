/** Reads a file that may be damaged or hostile: whoever reads past its end says so instead of throwing a RangeError. */

/** Why a file cannot be used, and what would help; the path in the config comes from whoever asked. */
export class ImageError extends Error {
  override name = 'ImageError'
  readonly reason: string
  readonly remedy: string

  constructor(reason: string, remedy: string) {
    super(`${reason}; ${remedy}`)
    this.reason = reason
    this.remedy = remedy
  }
}

export class Reader {
  readonly bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get length(): number {
    return this.bytes.length
  }

  holds(at: number, size: number): boolean {
    return at >= 0 && size >= 0 && at + size <= this.length
  }

  u8(at: number): number {
    return this.#check(at, 1).getUint8(at)
  }

  u16(at: number): number {
    return this.#check(at, 2).getUint16(at, true)
  }

  u32(at: number): number {
    return this.#check(at, 4).getUint32(at, true)
  }

  u32be(at: number): number {
    return this.#check(at, 4).getUint32(at)
  }

  /** A u64 that must be a plausible address or size: numbers beyond 2^53 are neither. */
  u64(at: number): number {
    const value = this.#check(at, 8).getBigUint64(at, true)
    if (value <= Number.MAX_SAFE_INTEGER) return Number(value)
    throw new ImageError(`it holds the address or size 0x${value.toString(16)}`, 'link it for addresses that a VM has')
  }

  /** Whether `text`'s characters stand at `at`; false past the end. */
  has(at: number, text: string): boolean {
    if (!this.holds(at, text.length)) return false
    for (let i = 0; i < text.length; i++) if (this.bytes[at + i] !== text.charCodeAt(i)) return false
    return true
  }

  #check(at: number, size: number): DataView {
    if (this.holds(at, size)) return this.#view
    throw new ImageError(`it ends at byte ${this.length}, before what its header promises`, 'get or build it again')
  }
}
