/** A board's PL011 seen by its driver: FIFOs, flags and interrupts of DDI 0183, with a wire that the test empties and feeds. */

export const FIFO = 16
const RXIS = 1 << 4
const TXIS = 1 << 5
const RTIS = 1 << 6

export class FakePl011 {
  /** Every byte that left on the wire. */
  readonly sent: number[] = []
  readonly registers = new Map<number, number>([
    [0x24, 13],
    [0x28, 1],
    [0x2c, 0x60],
    [0x30, 0x301],
  ])
  reads = 0
  /** QEMU's model: bytes leave at once, and the transmit interrupt is asserted after every byte. */
  instant = true
  /** Nothing ever leaves: a dead line. */
  stuck = false
  /** Bytes that follow at once, as soon as the FIFO has room: a pipe, as QEMU has it, rather than a wire. */
  readonly waiting: number[] = []
  private readonly transmit: number[] = []
  private readonly receive: number[] = []
  /** What the other end still has, where the line has flow control. */
  private readonly behind: number[] = []
  private raw = 0

  get interrupt(): boolean {
    return (this.raw & (this.registers.get(0x38) ?? 0)) !== 0
  }

  get transmitInterruptEnabled(): boolean {
    return ((this.registers.get(0x38) ?? 0) & TXIS) !== 0
  }

  get receiveInterruptEnabled(): boolean {
    return ((this.registers.get(0x38) ?? 0) & (RXIS | RTIS)) !== 0
  }

  read(offset: number): number {
    this.reads++
    if (offset === 0x00) return this.take()
    if (offset === 0x18) return this.flags()
    if (offset === 0x3c) return this.raw
    if (offset === 0x40) return this.raw & (this.registers.get(0x38) ?? 0)
    return this.registers.get(offset) ?? 0
  }

  write(offset: number, value: number): void {
    if (offset === 0x00) this.push(value & 0xff)
    else if (offset === 0x44) this.raw &= ~value
    else if (offset === 0x2c) this.setLine(value)
    else this.registers.set(offset, value)
  }

  /** DDI 0183, "Line Control Register, UARTLCR_H": not while the UART is enabled; clearing or setting FEN empties the FIFOs. */
  private setLine(value: number): void {
    if ((this.registers.get(0x30) ?? 0) & 1) throw new Error('the driver wrote UARTLCR_H while UARTEN was set')
    if (((this.registers.get(0x2c) ?? 0) ^ value) & 0x10) this.receive.length = 0
    this.registers.set(0x2c, value)
  }

  /** The wire carries `count` bytes away. */
  drain(count: number): void {
    for (let i = 0; i < count && this.transmit.length > 0 && !this.stuck; i++) {
      this.sent.push(this.transmit.shift() as number)
      if (this.transmit.length === FIFO / 8) this.raw |= TXIS
    }
  }

  /** Bytes arrive; what the FIFO cannot hold is lost, as on a board. Bits 11:8 are the errors of UARTDR. */
  arrive(bytes: number[]): void {
    for (const byte of bytes) if (this.receive.length < FIFO) this.receive.push(byte)
    if (this.receive.length >= FIFO / 2) this.raw |= RXIS
    if (this.receive.length > 0) this.raw |= RTIS
  }

  /** Bytes from an end that waits while the FIFO is full, as QEMU's does: each one read lets the next in at once, and only
   * the FIFO's filling up to its level raises the interrupt. */
  arriveWithFlowControl(bytes: Uint8Array): void {
    this.behind.push(...bytes)
    this.letIn()
  }

  private letIn(): void {
    while (this.behind.length > 0 && this.receive.length < FIFO) {
      this.receive.push(this.behind.shift() as number)
      if (this.receive.length === FIFO / 2) this.raw |= RXIS
    }
  }

  private push(byte: number): void {
    if (this.transmit.length >= FIFO) throw new Error('the driver wrote UARTDR while TXFF was set')
    this.transmit.push(byte)
    if (this.transmit.length > FIFO / 8) this.raw &= ~TXIS
    if (!this.instant) return
    this.drain(FIFO)
    this.raw |= TXIS
  }

  private take(): number {
    const byte = this.receive.shift() ?? 0
    const next = this.waiting.shift()
    if (next !== undefined) this.receive.push(next)
    if (this.receive.length < FIFO / 2) this.raw &= ~RXIS
    if (this.receive.length === 0) this.raw &= ~RTIS
    this.letIn()
    return byte
  }

  private flags(): number {
    const full = this.transmit.length >= FIFO
    const empty = this.transmit.length === 0
    return (empty ? 0x80 : 0x08) | (full ? 0x20 : 0) | (this.receive.length === 0 ? 0x10 : 0)
  }
}
