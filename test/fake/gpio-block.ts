/** GPIO blocks as the manuals have them, and a hand that drives their pins: DDI 0190; "BCM2711 ARM Peripherals". */

export interface GpioBlock {
  readonly pa: number
  readonly intid: number
  /** What the pins are, whoever drives them. */
  level(pin: number): number
  isOutput(pin: number): boolean
  drive(pin: number, level: number): void
  readonly line: boolean
  read(offset: number): number
  write(offset: number, value: number): void
}

const bit = (pin: number) => 2 ** pin
const has = (word: number, pin: number) => Math.floor(word / bit(pin)) % 2 === 1

export class FakePl061 implements GpioBlock {
  readonly pa = 0x0903_0000
  readonly intid = 39
  #data = 0
  #outside = 0
  readonly #registers = new Map<number, number>()
  #raw = 0

  #get(register: number): number {
    return this.#registers.get(register) ?? 0
  }

  get #pins(): number {
    const out = this.#get(0x400)
    return (this.#data & out) | (this.#outside & ~out)
  }

  level(pin: number): number {
    return has(this.#pins, pin) ? 1 : 0
  }

  isOutput(pin: number): boolean {
    return has(this.#get(0x400), pin)
  }

  drive(pin: number, level: number): void {
    const before = this.#pins
    this.#outside = level ? this.#outside | bit(pin) : this.#outside & ~bit(pin)
    const changed = before ^ this.#pins
    const [is, ibe, iev] = [0x404, 0x408, 0x40c].map((at) => this.#get(at)) as [number, number, number]
    this.#raw |= changed & ~is & (ibe | ~(this.#pins ^ iev)) & 0xff
  }

  get #status(): number {
    const [is, iev] = [this.#get(0x404), this.#get(0x40c)]
    return this.#raw | (is & ~(this.#pins ^ iev) & 0xff)
  }

  get line(): boolean {
    return (this.#status & this.#get(0x410)) !== 0
  }

  read(offset: number): number {
    if (offset < 0x400) return this.#pins & (offset >> 2)
    if (offset === 0x414) return this.#status
    if (offset === 0x418) return this.#status & this.#get(0x410)
    return this.#get(offset)
  }

  write(offset: number, value: number): void {
    const mask = (offset >> 2) & this.#get(0x400)
    if (offset < 0x400) this.#data = (this.#data & ~mask) | (value & mask)
    else if (offset === 0x41c) this.#raw &= ~value
    else this.#registers.set(offset, value & 0xff)
  }
}

/** Pins 0 to 31. */
export class FakeBcm implements GpioBlock {
  readonly pa = 0x0920_0000
  readonly intid = 145
  #output = 0
  #outside = 0
  #events = 0
  readonly #registers = new Map<number, number>()

  #get(register: number): number {
    return this.#registers.get(register) ?? 0
  }

  isOutput(pin: number): boolean {
    return ((this.#get(4 * Math.floor(pin / 10)) >>> (3 * (pin % 10))) & 7) === 1
  }

  level(pin: number): number {
    return has((this.isOutput(pin) ? this.#output : this.#outside) >>> 0, pin) ? 1 : 0
  }

  drive(pin: number, level: number): void {
    const before = this.level(pin)
    this.#outside = level ? this.#outside | (1 << pin) : this.#outside & ~(1 << pin)
    const now = this.level(pin)
    if (before === now) return
    const senses = this.#get(now ? 0x4c : 0x58)
    if (has(senses >>> 0, pin)) this.#events |= 1 << pin
  }

  get #status(): number {
    const levels = Array.from({ length: 32 }, (_, pin) => this.level(pin))
    const high = levels.reduce((word, level, pin) => (level ? word | (1 << pin) : word), 0)
    this.#events |= (this.#get(0x64) & high) | (this.#get(0x70) & ~high)
    return this.#events >>> 0
  }

  get line(): boolean {
    return this.#status !== 0
  }

  read(offset: number): number {
    if (offset === 0x34) {
      return Array.from({ length: 32 }, (_, pin) => this.level(pin) * bit(pin)).reduce((sum, value) => sum + value, 0)
    }
    return offset === 0x40 ? this.#status : this.#get(offset)
  }

  write(offset: number, value: number): void {
    if (offset === 0x1c) this.#output |= value
    else if (offset === 0x28) this.#output &= ~value
    else if (offset === 0x40) this.#events &= ~value
    else this.#registers.set(offset, value >>> 0)
  }
}
