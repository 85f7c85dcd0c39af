/** A vCPU's page as boot/vectors.S and src/core/vcpu.ts lay it out. */
const ELR = 248
const SPSR = 256
const STACK = 264
const VM = 272
const INDEX = 276
const CPU = 280

export class VcpuRecord {
  constructor(
    private readonly memory: WebAssembly.Memory,
    readonly at: number,
  ) {}

  get #view(): DataView {
    return new DataView(this.memory.buffer, this.at)
  }

  x(i: number): bigint {
    return this.#view.getBigUint64(i * 8, true)
  }
  setX(i: number, value: bigint): void {
    this.#view.setBigUint64(i * 8, BigInt.asUintN(64, value), true)
  }
  get elr(): bigint {
    return this.#view.getBigUint64(ELR, true)
  }
  set elr(value: bigint) {
    this.#view.setBigUint64(ELR, value, true)
  }
  get spsr(): bigint {
    return this.#view.getBigUint64(SPSR, true)
  }
  set spsr(value: bigint) {
    this.#view.setBigUint64(SPSR, value, true)
  }
  get stack(): bigint {
    return this.#view.getBigUint64(STACK, true)
  }
  get vm(): number {
    return this.#view.getUint32(VM, true)
  }
  get index(): number {
    return this.#view.getUint32(INDEX, true)
  }
  get cpu(): number {
    return this.#view.getUint32(CPU, true)
  }

  /** x19 to x29, which a C call gives back as they were. */
  preserved(): bigint[] {
    return Array.from({ length: 11 }, (_, i) => this.x(19 + i))
  }

  /** The guest goes on with these registers of the CPU, and with the others as they stand here. */
  goOn(preserved: bigint[], elr: bigint, spsr: bigint): void {
    for (const [i, value] of preserved.entries()) this.setX(19 + i, value)
    this.elr = elr
    this.spsr = spsr
  }
}
