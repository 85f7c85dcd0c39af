/**
 * Which bytes of a guest may reach a screen that it shares: text, line ends, and colours; nothing that moves the cursor,
 * clears, or asks the terminal for an answer. ECMA-48, "Control functions"; well-formed UTF-8 only, as a C1 control can
 * hide in the rest.
 */

export enum Verdict {
  /** Nothing to print: part of a sequence, or a control that is not let through. */
  Hidden,
  /** The held bytes are one printable character. */
  Text,
  /** The held bytes are one SGR sequence (colour, bold). */
  Style,
  /** BS, HT, LF or CR. */
  Control,
}

enum State {
  Ground,
  Utf8,
  Escape,
  Csi,
  /** OSC, DCS, SOS, PM, APC: any length, up to the next control byte. */
  Text,
}

const ESC: u32 = 0x1b
/** No SGR sequence in use is longer; a longer one is not let through. */
const HELD: u32 = 24

@unmanaged
export class Filter {
  private state: State
  /** Bytes of UTF-8 still to come, and what the next one may be. */
  private missing: u8
  private low: u8
  private high: u8
  /** Held bytes; above HELD once they no longer fit. */
  count: u32

  heldAt(index: u32): u32 {
    return load<u8>(changetype<usize>(this) + offsetof<Filter>() + index)
  }

  /** In the middle of a sequence: another source's text here would become part of it. */
  isOpen(): boolean {
    return this.state !== State.Ground
  }

  /** Forgets a sequence that was under way; false if none was. */
  cut(): boolean {
    const wasOpen = this.isOpen()
    this.state = State.Ground
    return wasOpen
  }

  feed(ch: u32): Verdict {
    if (ch < 0x20 || ch === 0x7f) return this.control(ch)
    if (this.state === State.Ground) return this.begin(ch)
    if (this.state === State.Utf8) {
      // A broken character is dropped; the byte that broke it counts.
      if (ch < this.low || ch > this.high) return this.begin(ch)
      return this.continue(ch)
    }
    if (this.state === State.Escape) return this.escape(ch)
    if (this.state === State.Csi) return this.csi(ch)
    return Verdict.Hidden
  }

  private hold(ch: u32): void {
    if (this.count >= HELD) {
      this.count = HELD + 1
      return
    }
    store<u8>(changetype<usize>(this) + offsetof<Filter>() + this.count, ch as u8)
    this.count += 1
  }

  private single(ch: u32): Verdict {
    this.state = State.Ground
    this.count = 0
    this.hold(ch)
    return Verdict.Text
  }

  /** A control byte ends whatever was going on, so that no sequence can swallow more than a line. */
  private control(ch: u32): Verdict {
    this.state = State.Ground
    if (ch === 0x08 || ch === 0x09 || ch === 0x0a || ch === 0x0d) return Verdict.Control
    if (ch !== ESC) return Verdict.Hidden
    this.state = State.Escape
    this.count = 0
    this.hold(ch)
    return Verdict.Hidden
  }

  private begin(ch: u32): Verdict {
    if (ch < 0x80) return this.single(ch)
    if (ch < 0xc2 || ch > 0xf4) return this.single(0x3f)
    this.missing = ch < 0xe0 ? 1 : ch < 0xf0 ? 2 : 3
    // The second byte shuts out C1 controls (U+0080 to U+009F), overlong forms, surrogates and what lies above U+10FFFF.
    this.low = ch === 0xc2 || ch === 0xe0 ? 0xa0 : ch === 0xf0 ? 0x90 : 0x80
    this.high = ch === 0xed ? 0x9f : ch === 0xf4 ? 0x8f : 0xbf
    this.state = State.Utf8
    this.count = 0
    this.hold(ch)
    return Verdict.Hidden
  }

  private continue(ch: u32): Verdict {
    this.hold(ch)
    this.low = 0x80
    this.high = 0xbf
    this.missing -= 1
    if (this.missing !== 0) return Verdict.Hidden
    this.state = State.Ground
    return Verdict.Text
  }

  private escape(ch: u32): Verdict {
    this.hold(ch)
    if (ch === 0x5b) this.state = State.Csi
    else if (ch === 0x5d || ch === 0x50 || ch === 0x58 || ch === 0x5e || ch === 0x5f) this.state = State.Text
    // Intermediates (0x20 to 0x2f) wait for their final byte.
    else if (ch >= 0x30) this.state = State.Ground
    return Verdict.Hidden
  }

  private csi(ch: u32): Verdict {
    this.hold(ch)
    if (ch < 0x40) return Verdict.Hidden
    this.state = State.Ground
    if (ch !== 0x6d || this.count > HELD) return Verdict.Hidden
    // `CSI > … m` and the like are other functions than SGR.
    for (let i: u32 = 2; i < this.count - 1; i++) {
      if (this.heldAt(i) < 0x30 || this.heldAt(i) > 0x3b) return Verdict.Hidden
    }
    return Verdict.Style
  }
}

const FILTER_STRIDE: u32 = 48
const FILTERS = memory.data(18 * 48, 16)

if (offsetof<Filter>() + HELD > FILTER_STRIDE) ERROR('Filter: FILTER_STRIDE holds the fields and the held bytes')

export function filterAt(source: u32): Filter {
  return changetype<Filter>(FILTERS + source * FILTER_STRIDE)
}
