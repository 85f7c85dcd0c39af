/**
 * Memory that a CPU sees through caches and a device does not. Lines come back into the cache as early as they may, by themselves, as
 * DDI 0487, "Caches and memory hierarchy", allows: what the device writes later is not seen before the line is cleaned and invalidated
 * again, and what is dirty by then is lost to the device's, or the device's to it.
 */

/** Bytes: the smallest that any Cortex-A has. */
const LINE = 64

export class Incoherent {
  /** What the device sees. */
  readonly behind: Buffer
  /** Lines as they came from memory, or went there, last. */
  readonly #known: Buffer

  /** `cached`: what the CPU sees, which may move. */
  constructor(readonly cached: () => Buffer) {
    this.behind = Buffer.from(cached())
    this.#known = Buffer.from(cached())
  }

  /** DC CIVAC over the lines of `size` bytes at `at`. */
  clean(at: number, size: number): void {
    const front = this.cached()
    for (let line = at & ~(LINE - 1); line < at + size; line += LINE) {
      const end = line + LINE
      const isDirty = !front.subarray(line, end).equals(this.#known.subarray(line, end))
      if (isDirty) front.copy(this.behind, line, line, end)
      else this.behind.copy(front, line, line, end)
      front.copy(this.#known, line, line, end)
    }
  }
}
