/** A GICv3 with QEMU virt's addresses: distributor and redistributors in memory, the rest as system registers. IHI 0069. */
import { type CpuInterface, Gic, LIST_REGISTERS } from './gic.ts'

export const GICD = 0x0800_0000
export const GICR = 0x080a_0000
const GICR_STRIDE = 0x2_0000
const SGI_BASE = 0x1_0000
const IROUTER = 0x6000
const TYPER_LAST = 1 << 4
const CTLR_ENABLE = 0x12
/** ICH_VTR_EL2: five bits of priority and of preemption, so one active priorities register a group. */
const VTR_PREEMPTION = (4n << 29n) | (4n << 26n)

type Primitives = Record<string, (...values: never[]) => unknown>

export class GicV3 extends Gic {
  /** GICR_WAKER.ProcessorSleep of each CPU. */
  readonly #asleep: boolean[]
  readonly #affinity: readonly number[]
  #control = 0

  constructor(affinity: readonly number[], isHigh?: (cpu: number, intid: number) => boolean) {
    super(affinity.length, isHigh)
    this.#affinity = affinity
    this.#asleep = affinity.map(() => true)
  }

  protected reaches(route: number, cpu: number): boolean {
    return route === this.#affinity[cpu]
  }

  read32(_cpu: number, pa: number): number | undefined {
    const offset = pa - GICD
    if (offset >= 0 && offset < 0x1_0000) return this.#readDistributor(offset)
    const frame = this.#frame(pa)
    if (!frame) return undefined
    if (frame.offset === 0x08) return (frame.cpu << 8) | (frame.cpu === this.cpuCount - 1 ? TYPER_LAST : 0)
    if (frame.offset === 0x0c) return this.#affinity[frame.cpu]
    if (frame.offset === 0x14) return this.#asleep[frame.cpu] ? 6 : 0
    return frame.offset >= SGI_BASE ? this.readBits(frame.cpu, frame.offset - SGI_BASE) : 0
  }

  write32(_cpu: number, pa: number, value: number): boolean {
    const offset = pa - GICD
    if (offset >= 0 && offset < 0x1_0000) {
      this.#writeDistributor(offset, value)
      return true
    }
    const frame = this.#frame(pa)
    if (!frame) return false
    if (frame.offset === 0x14) this.#asleep[frame.cpu] = (value & 2) !== 0
    else if (frame.offset >= SGI_BASE) this.writeBits(frame.cpu, frame.offset - SGI_BASE, value)
    return true
  }

  /** ICC_* and ICH_* of the CPU that runs. */
  primitives(current: () => number, memory: () => DataView): Primitives {
    const here = () => this.interfaces[current()]!
    const intid = (value: bigint) => Number(value & 0xff_ffffn)
    const list = (i: number) => {
      if (i >>> 0 >= LIST_REGISTERS) throw new Error(`undefined instruction: ICH_LR${i >>> 0}_EL2`)
      return i
    }
    return {
      icc_iar1_el1: () => BigInt(this.acknowledge(current())),
      set_icc_eoir1_el1: (value: bigint) => this.drop(current(), intid(value)),
      set_icc_dir_el1: (value: bigint) => this.deactivate(current(), intid(value)),
      set_icc_sgi1r_el1: (value: bigint) => this.#sendTo(BigInt.asUintN(64, value), current()),
      set_icc_pmr_el1: (value: bigint) => {
        here().priorityMask = Number(value)
      },
      set_icc_igrpen1_el1: (value: bigint) => {
        here().enabled = value === 1n && !this.#asleep[current()]
      },
      ich_vtr_el2: () => BigInt(LIST_REGISTERS - 1) | VTR_PREEMPTION,
      ich_misr_el2: () => BigInt(this.status(current())),
      ich_elrsr_el2: () => BigInt(this.emptyLists(current())),
      ich_eisr_el2: () => BigInt(this.endedLists(current())),
      ich_hcr_el2: () => BigInt(here().control >>> 0),
      set_ich_hcr_el2: (value: bigint) => {
        here().control = Number(BigInt.asUintN(32, value))
      },
      ich_vmcr_el2: () => BigInt(here().vmcr),
      set_ich_vmcr_el2: (value: bigint) => {
        here().vmcr = Number(value)
      },
      ich_lr_el2: (i: number) => here().lists[list(i)],
      set_ich_lr_el2: (i: number, value: bigint) => {
        here().lists[list(i)] = BigInt.asUintN(64, value)
      },
      ...moves(here, memory),
    } as unknown as Primitives
  }

  #sendTo(value: bigint, sender: number): void {
    const field = (shift: bigint, mask: bigint) => Number((value >> shift) & mask)
    const cluster = (field(48n, 0xffn) << 24) | (field(32n, 0xffn) << 16) | (field(16n, 0xffn) << 8)
    for (let bit = 0; bit < 16; bit++) {
      if (!(field(0n, 0xffffn) & (1 << bit))) continue
      const cpu = this.#affinity.indexOf(cluster | (field(44n, 15n) << 4) | bit)
      if (cpu >= 0) this.sendSgi(cpu, field(24n, 15n), sender)
    }
  }

  #readDistributor(offset: number): number {
    if (offset === 0x00) return this.#control
    if (offset === 0x04) return 4 // 160 INTIDs
    return offset & 0x7c || offset >= 0x400 ? this.readBits(0, offset) : 0
  }

  #writeDistributor(offset: number, value: number): void {
    if (offset === 0) {
      this.#control = value
      this.distributing = (value & CTLR_ENABLE) === CTLR_ENABLE
    } else if (offset >= IROUTER) {
      if (!(offset & 4) && offset >= IROUTER + 32 * 8) this.source(0, (offset - IROUTER) / 8).route = value
    } else if (offset >= 0x400 ? offset >= 0x420 : offset & 0x7c) this.writeBits(0, offset, value)
  }

  #frame(pa: number): { cpu: number; offset: number } | undefined {
    const cpu = Math.floor((pa - GICR) / GICR_STRIDE)
    return cpu >= 0 && cpu < this.cpuCount ? { cpu, offset: (pa - GICR) % GICR_STRIDE } : undefined
  }
}

/** List registers and active priorities, to and from core's memory. */
function moves(here: () => CpuInterface, memory: () => DataView) {
  const each = (count: number, limit: number, move: (i: number) => void) => {
    if (count > limit) throw new Error(`undefined instruction: register ${count - 1} of ${limit}`)
    for (let i = 0; i < count; i++) move(i)
  }
  const read = (at: number) => memory().getBigUint64(at, true)
  const write = (at: number, value: bigint) => memory().setBigUint64(at, value, true)
  const groups = (count: number, move: (i: number) => void) => each(count, 1, (i) => [i, i + 4].forEach(move))
  return {
    save_list_registers: (at: number, count: number) =>
      each(count, LIST_REGISTERS, (i) => write(at + 8 * i, here().lists[i]!)),
    load_list_registers: (at: number, count: number) =>
      each(count, LIST_REGISTERS, (i) => {
        here().lists[i] = read(at + 8 * i)
      }),
    save_active_priorities: (at: number, count: number) =>
      groups(count, (i) => write(at + 8 * i, here().activePriorities[i]!)),
    load_active_priorities: (at: number, count: number) =>
      groups(count, (i) => {
        here().activePriorities[i] = read(at + 8 * i)
      }),
  }
}
