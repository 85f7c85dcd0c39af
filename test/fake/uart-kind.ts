/** The boards' other UARTs seen by their driver: FIFOs, flags and interrupts of their manuals, with a wire that the test empties. */
import { UART_KIND_CADENCE, UART_KIND_IMX, UART_KIND_MINI } from '../../src/abi/compartment.ts'

export abstract class FakeUart {
  abstract readonly kind: number
  /** Of its registers in their page. */
  readonly offset: number = 0
  /** Every byte that left on the wire. */
  readonly sent: number[] = []
  readonly registers = new Map<number, number>()
  protected readonly transmit: number[] = []
  protected readonly receive: number[] = []

  constructor(readonly depth: number) {}

  abstract get interrupt(): boolean
  abstract read(offset: number): number
  abstract write(offset: number, value: number): void

  /** The wire carries `count` bytes away. */
  drain(count: number): void {
    for (let i = 0; i < count && this.transmit.length > 0; i++) this.sent.push(this.transmit.shift() as number)
  }

  arrive(bytes: number[]): void {
    for (const byte of bytes) if (this.receive.length < this.depth) this.receive.push(byte)
  }

  protected push(byte: number): void {
    if (this.transmit.length >= this.depth) throw new Error('the driver sent a byte that found no room')
    this.transmit.push(byte)
  }

  protected take(): number {
    if (this.receive.length === 0) throw new Error('the driver read a byte that nobody had sent')
    return this.receive.shift() as number
  }

  protected register(offset: number): number {
    return this.registers.get(offset) ?? 0
  }
}

/** "BCM2711 ARM Peripherals", "Mini UART": interrupts follow the FIFOs. */
export class FakeMini extends FakeUart {
  readonly kind = UART_KIND_MINI
  override readonly offset = 0x40

  constructor() {
    super(8)
    this.registers.set(0x28, 541)
  }

  get interrupt(): boolean {
    const enabled = this.register(0x04)
    if (!(enabled & 4)) return false
    return ((enabled & 1) !== 0 && this.receive.length > 0) || ((enabled & 2) !== 0 && this.transmit.length === 0)
  }

  read(offset: number): number {
    if (offset === 0x00) return this.take()
    if (offset !== 0x14) return this.register(offset)
    const room = this.transmit.length < this.depth ? 0x20 : 0
    return room | (this.transmit.length === 0 ? 0x40 : 0) | (this.receive.length > 0 ? 1 : 0)
  }

  write(offset: number, value: number): void {
    if (offset !== 0x00) this.registers.set(offset, value)
    else if (this.register(0x20) & 2) this.push(value & 0xff)
    else throw new Error('the transmitter is off')
  }
}

/** UG1087, "UART Module": an interrupt's status stays until it is cleared, and is set when its condition begins. */
export class FakeCadence extends FakeUart {
  readonly kind = UART_KIND_CADENCE
  #status = 0
  #enabled = 0

  constructor() {
    super(64)
    // Reset: both directions disabled.
    this.registers.set(0x00, 0x128).set(0x18, 62)
  }

  get interrupt(): boolean {
    return (this.#status & this.#enabled) !== 0
  }

  override drain(count: number): void {
    const before = this.transmit.length
    super.drain(count)
    if (before > 0 && this.transmit.length === 0) this.#status |= 1 << 3
  }

  override arrive(bytes: number[]): void {
    const trigger = this.register(0x20)
    const before = this.receive.length
    super.arrive(bytes)
    if (before < trigger && this.receive.length >= trigger) this.#status |= 1
  }

  read(offset: number): number {
    if (offset === 0x30) return this.take()
    if (offset === 0x14) return this.#status
    if (offset !== 0x2c) return this.register(offset)
    const full = this.transmit.length === this.depth ? 1 << 4 : 0
    return full | (this.transmit.length === 0 ? 1 << 3 : 1 << 11) | (this.receive.length === 0 ? 1 << 1 : 0)
  }

  write(offset: number, value: number): void {
    if (offset === 0x08) this.#enabled |= value
    else if (offset === 0x0c) this.#enabled &= ~value
    else if (offset === 0x14) this.#status &= ~value
    else if (offset !== 0x30) this.registers.set(offset, value)
    else if ((this.register(0x00) & 0x3c) === 0x14) this.push(value & 0xff)
    else throw new Error('the transmitter is off')
  }
}

/** IMX8MPRM, "Universal Asynchronous Receiver/Transmitter (UART)": interrupts follow the FIFOs' trigger levels. */
export class FakeImx extends FakeUart {
  readonly kind = UART_KIND_IMX

  constructor() {
    super(32)
    this.registers.set(0x80, 0).set(0x84, 0x4021).set(0x90, 0x0801).set(0xa8, 0x15b)
  }

  get interrupt(): boolean {
    const [control, levels] = [this.register(0x80), this.register(0x90)]
    const ready = this.receive.length > 0 && this.receive.length >= (levels & 0x3f)
    const room = this.transmit.length <= ((levels >> 10) & 0x3f)
    return ((control & (1 << 9)) !== 0 && ready) || ((control & (1 << 13)) !== 0 && room)
  }

  read(offset: number): number {
    if (offset === 0x00) return this.take() | (1 << 15)
    if (offset === 0x98) return (this.transmit.length === 0 ? 1 << 3 : 0) | (this.receive.length > 0 ? 1 : 0)
    if (offset === 0xb4) return this.transmit.length === this.depth ? 1 << 4 : 0
    return this.register(offset)
  }

  write(offset: number, value: number): void {
    if (offset === 0x84 && !(value & 1)) throw new Error('the driver reset the UART')
    const isOn = (this.register(0x80) & 1) === 1 && (this.register(0x84) & 6) === 6
    if (offset !== 0x40) this.registers.set(offset, value)
    else if (isOn) this.push(value & 0xff)
    else throw new Error('the transmitter is off')
  }
}
