/** A GICv2 with virtualization extensions at QEMU virt's addresses: everything in memory, banked by CPU. IHI 0048B. */
import { Gic, LIST_REGISTERS } from './gic.ts'
import { GICD } from './gicv3.ts'

export const GICC = 0x0801_0000
export const GICH = 0x0803_0000
export const GICV = 0x0804_0000
const SENDER = 10
/** GICD_IIDR of Arm's own. QEMU's reads 0. */
const GIC_400 = 0x0200_143b

/** GICC_IIDR of a GIC-400. */
const INTERFACE = 0x0202_143b

export class GicV2 extends Gic {
  /** Each page of the CPU interface sixteen times, as on boards whose pages have 64 KiB. */
  isSpread = false

  protected reaches(route: number, cpu: number): boolean {
    return ((route >> cpu) & 1) === 1
  }

  read32(cpu: number, pa: number): number | undefined {
    if (pa >= GICD && pa < GICD + 0x1000) return this.#readDistributor(cpu, pa - GICD)
    const offset = this.#inInterface(pa)
    if (offset === 0x0c) return this.#acknowledge(cpu)
    if (offset >= 0) return offset === 0xfc ? INTERFACE : 0
    if (pa >= GICH && pa < GICH + 0x1000) return this.#readVirtual(cpu, pa - GICH)
    return undefined
  }

  write32(cpu: number, pa: number, value: number): boolean {
    if (pa >= GICD && pa < GICD + 0x1000) this.#writeDistributor(cpu, pa - GICD, value)
    else if (this.#inInterface(pa) >= 0) this.#writeInterface(cpu, this.#inInterface(pa), value)
    else if (pa >= GICH && pa < GICH + 0x1000) this.#writeVirtual(cpu, pa - GICH, value)
    else return false
    return true
  }

  /** Offset of the register at `pa`, negative for none. */
  #inInterface(pa: number): number {
    const offset = pa - GICC
    if (!this.isSpread) return offset < 0x2000 ? offset : -1
    return offset >= 0 && offset < 0x2_0000 ? (offset & 0xfff) | ((offset >> 4) & 0x1000) : -1
  }

  #acknowledge(cpu: number): number {
    const intid = this.acknowledge(cpu)
    return intid < 16 ? intid | (this.source(cpu, intid).sender << SENDER) : intid
  }

  #writeInterface(cpu: number, offset: number, value: number): void {
    const here = this.interfaces[cpu]!
    if (offset === 0x00) here.enabled = (value & 0x201) === 0x201
    else if (offset === 0x04) here.priorityMask = value
    else if (offset === 0x10) this.drop(cpu, this.#ended(cpu, value))
    else if (offset === 0x1000) this.deactivate(cpu, this.#ended(cpu, value))
  }

  /** EOIR and DIR want IAR's whole value back, an SGI's sender included. */
  #ended(cpu: number, value: number): number {
    const intid = value & 0x3ff
    if (intid < 16 && value >> SENDER !== this.source(cpu, intid).sender)
      throw new Error(`SGI of another sender: ${value}`)
    return intid
  }

  #readDistributor(cpu: number, offset: number): number {
    if (offset === 0x004) return 4 | ((this.cpuCount - 1) << 5)
    if (offset === 0x008) return GIC_400
    if (offset >= 0x800 && offset < 0xc00) {
      if (offset < 0x820) return this.cpuCount === 1 ? 0 : (1 << cpu) * 0x0101_0101
      return [0, 1, 2, 3].reduce((word, i) => word | (this.source(cpu, offset - 0x800 + i).route << (i * 8)), 0)
    }
    return this.readBits(cpu, offset)
  }

  #writeDistributor(cpu: number, offset: number, value: number): void {
    if (offset === 0) this.distributing = (value & 1) === 1
    else if (offset >= 0x820 && offset < 0x800 + 160) {
      for (let i = 0; i < 4; i++) this.source(cpu, offset - 0x800 + i).route = (value >>> (i * 8)) & 0xff
    } else if (offset === 0xf00) {
      if (value & 0x300_0000) throw new Error('SGIs go by target list here')
      for (let target = 0; target < 8; target++) {
        if ((value >> (16 + target)) & 1) this.sendSgi(target, value & 15, cpu)
      }
    } else this.writeBits(cpu, offset, value)
  }

  #readVirtual(cpu: number, offset: number): number {
    const here = this.interfaces[cpu]!
    if (offset === 0x00) return here.control
    if (offset === 0x04) return LIST_REGISTERS - 1
    if (offset === 0x08) return here.vmcr
    if (offset === 0x10) return this.status(cpu)
    if (offset === 0x20) return this.endedLists(cpu)
    if (offset === 0x30) return this.emptyLists(cpu)
    if (offset === 0xf0) return Number(here.activePriorities[0])
    if (offset >= 0x100) return toGich(here.lists[list(offset)]!)
    return 0
  }

  #writeVirtual(cpu: number, offset: number, value: number): void {
    const here = this.interfaces[cpu]!
    if (offset === 0x00) here.control = value
    else if (offset === 0x08) here.vmcr = value
    else if (offset === 0xf0) here.activePriorities[0] = BigInt(value)
    else if (offset >= 0x100) here.lists[list(offset)] = fromGich(value)
  }
}

function list(offset: number): number {
  const i = (offset - 0x100) / 4
  if (i >= LIST_REGISTERS) throw new Error(`GICH_LR${i} does not exist`)
  return i
}

/** GICH_LR: HW[31] Grp1[30] State[29:28] Priority[27:23] PhysicalID[19:10], which holds EOI[19] CPUID[12:10] if HW is 0. */
function fromGich(lr: number): bigint {
  const field = (shift: number, bits: number) => BigInt((lr >>> shift) & (2 ** bits - 1))
  return (
    field(0, 10) |
    (field(10, 10) << 32n) |
    (field(23, 5) << 51n) |
    (field(30, 1) << 60n) |
    (field(31, 1) << 61n) |
    (field(28, 2) << 62n)
  )
}

function toGich(lr: bigint): number {
  const field = (shift: bigint, bits: bigint) => (lr >> shift) & ((1n << bits) - 1n)
  const value =
    field(0n, 10n) |
    (field(32n, 10n) << 10n) |
    (field(51n, 5n) << 23n) |
    (field(62n, 2n) << 28n) |
    (field(60n, 1n) << 30n) |
    (field(61n, 1n) << 31n)
  return Number(value)
}
