/** The other half of src/vmm/ram.ts on the desk: a guest's RAM that a compartment reaches by guest-physical address. */
import { INSTANCE_BELOW, INSTANCE_RAM, SLOT_SHIFT, VMM_SLOT } from '../../src/abi/layout.ts'
import type { Machine } from './machine.ts'

const COPY_MOST = 0x1_0000
const MASK = (1n << 64n) - 1n

/** Where bytes of RAM come from and go to, by their distance from its start. */
abstract class Ram {
  /** Writes to what is not RAM: without effect, but no device model should come to that. */
  strays = 0
  protected abstract get bounds(): { ipa: bigint; size: bigint }
  protected abstract get(offset: number, size: number): Buffer
  protected abstract put(offset: number, bytes: Uint8Array): void

  /** `memory` is the compartment's own. */
  imports(memory: () => WebAssembly.Memory) {
    const load = (ipa: bigint, size: number) => {
      const at = this.#offset(ipa, BigInt(size))
      return at === undefined ? 0n : littleEndian(this.get(at, size))
    }
    const store = (ipa: bigint, value: bigint, size: number) => {
      const at = this.#offset(ipa, BigInt(size))
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64LE(value & MASK)
      if (at === undefined) this.strays++
      else this.put(at, bytes.subarray(0, size))
    }
    const own = (at: number, length: number) => new Uint8Array(memory().buffer, at >>> 0, length)
    return {
      holds: (ipa: bigint, length: bigint) => (this.#offset(ipa, length & MASK) === undefined ? 0 : 1),
      load16: (ipa: bigint) => Number(load(ipa, 2)),
      load32: (ipa: bigint) => Number(load(ipa, 4)),
      load64: (ipa: bigint) => load(ipa, 8),
      load128: (to: number, ipa: bigint) => {
        const at = this.#offset(ipa, 16n)
        if (at === undefined) return 0
        own(to, 16).set(this.get(at, 16))
        return 1
      },
      store8: (ipa: bigint, value: number) => store(ipa, BigInt(value), 1),
      store16: (ipa: bigint, value: number) => store(ipa, BigInt(value), 2),
      store32: (ipa: bigint, value: number) => store(ipa, BigInt(value), 4),
      store64: (ipa: bigint, value: bigint) => store(ipa, value, 8),
      read: (to: number, ipa: bigint, length: number) => {
        const at = this.#offset(ipa, BigInt(length >>> 0))
        if (at === undefined || length >>> 0 > COPY_MOST) return 0
        own(to, length).set(this.get(at, length))
        return 1
      },
      write: (ipa: bigint, from: number, length: number) => {
        const at = this.#offset(ipa, BigInt(length >>> 0))
        if (at === undefined) this.strays++
        if (at === undefined || length >>> 0 > COPY_MOST) return 0
        this.put(at, own(from, length))
        return 1
      },
      dmb_ishld: () => undefined,
      dmb_ishst: () => undefined,
      dmb_ish: () => undefined,
    }
  }

  #offset(address: bigint, length: bigint): number | undefined {
    const { ipa, size } = this.bounds
    const offset = (address - ipa) & MASK
    return length <= size && offset <= size - length ? Number(offset) : undefined
  }
}

function littleEndian(bytes: Buffer): bigint {
  const whole = Buffer.alloc(8)
  bytes.copy(whole)
  return whole.readBigUInt64LE()
}

/** RAM of its own, for a compartment alone. */
export class GuestRam extends Ram {
  readonly bytes: Buffer

  constructor(
    readonly ipa: number,
    size: number,
  ) {
    super()
    this.bytes = Buffer.alloc(size)
  }

  protected get bounds() {
    return { ipa: BigInt(this.ipa), size: BigInt(this.bytes.length) }
  }

  protected get(offset: number, size: number): Buffer {
    return this.bytes.subarray(offset, offset + size)
  }

  protected put(offset: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, offset)
  }
}

/** What core granted to VM `vm`: read from the end of the instance's page, and reached by the direct map. */
export class GrantedRam extends Ram {
  constructor(
    private readonly machine: Machine,
    private readonly vm: number,
  ) {
    super()
  }

  protected get bounds() {
    return { ipa: this.#word(0), size: this.#word(1) }
  }

  protected get(offset: number, size: number): Buffer {
    const { mmu, physical } = this.machine
    const from = Number(this.#word(2)) + offset
    return Buffer.concat([...mmu.pieces(from, size, 'read')].map((piece) => physical.read(piece.pa, piece.size)))
  }

  protected put(offset: number, bytes: Uint8Array): void {
    const { mmu, physical } = this.machine
    let done = 0
    for (const { pa, size } of mmu.pieces(Number(this.#word(2)) + offset, bytes.length, 'write')) {
      physical.write(pa, bytes.subarray(done, done + size))
      done += size
    }
  }

  #word(i: number): bigint {
    const { mmu, physical } = this.machine
    const at = (VMM_SLOT + this.vm) * 2 ** SLOT_SHIFT - INSTANCE_BELOW + INSTANCE_RAM + i * 8
    return physical.read64(mmu.translate(at, 'read'))
  }
}
