/**
 * The board's interrupt controller behind its registers: which interrupt a CPU gets, and whether it is handled in the order
 * that the manuals demand. IHI 0069 and IHI 0048, "Interrupt handling state machine"; every interrupt has one priority.
 */

export const SPURIOUS = 1023
export const LIST_REGISTERS = 4
const SPIS = 128
const PRIVATE = 32
const SGIS = 16

interface Source {
  enabled: boolean
  /** A latched edge, or an SGI that was sent. */
  latched: boolean
  /** The level of its line. */
  line: boolean
  active: boolean
  priority: number
  /** GICv2: bitmap of CPUs; GICv3: affinity. */
  route: number
  /** GICv2: who sent the SGI. */
  sender: number
}

export interface CpuInterface {
  /** Acknowledged, priority not dropped yet. */
  running: number[]
  enabled: boolean
  priorityMask: number
  /** Of the virtual interface, in ICH_LR_EL2's layout. */
  lists: bigint[]
  control: number
  vmcr: number
  /** Active priorities: ICH_AP0R<n>_EL2, then ICH_AP1R<n>_EL2; GICH_APR is the first. */
  activePriorities: bigint[]
}

export abstract class Gic {
  readonly interfaces: CpuInterface[]
  readonly #own: Source[][]
  readonly #shared: Source[]
  distributing = false

  constructor(
    readonly cpuCount: number,
    /** Whether a CPU's own device holds the line of a private interrupt high. */
    private readonly isHigh: (cpu: number, intid: number) => boolean = () => false,
  ) {
    const fresh = (): Source => ({
      enabled: false,
      latched: false,
      line: false,
      active: false,
      priority: 0,
      route: 0,
      sender: 0,
    })
    this.#own = Array.from({ length: cpuCount }, () => Array.from({ length: PRIVATE }, fresh))
    this.#shared = Array.from({ length: SPIS }, fresh)
    this.interfaces = Array.from({ length: cpuCount }, () => ({
      running: [],
      enabled: false,
      priorityMask: 0,
      lists: new Array<bigint>(LIST_REGISTERS).fill(0x5555n), // UNKNOWN at reset
      control: 0,
      vmcr: 0x5555,
      activePriorities: new Array<bigint>(8).fill(0x5555n),
    }))
  }

  /** Whether an SPI goes to this CPU. */
  protected abstract reaches(route: number, cpu: number): boolean
  abstract read32(cpu: number, pa: number): number | undefined
  abstract write32(cpu: number, pa: number, value: number): boolean

  source(cpu: number, intid: number): Source {
    const found = intid < PRIVATE ? this.#own[cpu]?.[intid] : this.#shared[intid - PRIVATE]
    if (!found) throw new Error(`INTID ${intid} of CPU ${cpu} does not exist`)
    return found
  }

  /** The INTID that the CPU would take now. */
  pending(cpu: number): number {
    const interface_ = this.interfaces[cpu]!
    if (!this.distributing || !interface_.enabled || interface_.running.length) return SPURIOUS
    for (let intid = 0; intid < PRIVATE + SPIS; intid++) {
      const { enabled, latched, line, active, priority, route } = this.source(cpu, intid)
      if (!enabled || active || priority >= interface_.priorityMask) continue
      if (!latched && !line && (intid >= PRIVATE || !this.isHigh(cpu, intid))) continue
      if (intid < PRIVATE || this.reaches(route, cpu)) return intid
    }
    return SPURIOUS
  }

  acknowledge(cpu: number): number {
    const intid = this.pending(cpu)
    if (intid === SPURIOUS) return SPURIOUS
    const source = this.source(cpu, intid)
    source.latched = false
    source.active = true
    this.interfaces[cpu]!.running.push(intid)
    return intid
  }

  drop(cpu: number, intid: number): void {
    const last = this.interfaces[cpu]!.running.pop()
    if (last !== intid) throw new Error(`priority drop of INTID ${intid} while ${last} runs`)
  }

  deactivate(cpu: number, intid: number): void {
    const source = this.source(cpu, intid)
    if (!source.active) throw new Error(`INTID ${intid} is deactivated but not active`)
    source.active = false
  }

  /** The registers with one bit, byte or two bits for each INTID, that both versions have at the same offsets. */
  protected readBits(cpu: number, offset: number): number {
    const block = offset & ~0x7f
    const state = (test: (source: Source) => boolean) => this.#bitmap(cpu, offset, test)
    if (block === 0x100 || block === 0x180) return state(({ enabled }) => enabled)
    if (block === 0x200 || block === 0x280) return state(({ latched, line }) => latched || line)
    if (block === 0x300 || block === 0x380) return state(({ active }) => active)
    return 0
  }

  protected writeBits(cpu: number, offset: number, value: number): void {
    const block = offset & ~0x7f
    const each = (field: 'enabled' | 'active' | 'latched', to: boolean) => {
      for (const [bit, source] of this.#word(cpu, offset).entries()) if ((value >>> bit) & 1) source[field] = to
    }
    if (block === 0x100) each('enabled', true)
    else if (block === 0x180) each('enabled', false)
    else if (block === 0x280) each('latched', false)
    else if (block === 0x300) each('active', true)
    else if (block === 0x380) each('active', false)
    else if (offset >= 0x400 && offset < 0x800) {
      for (let i = 0; i < 4; i++) {
        const intid = offset - 0x400 + i
        if (intid < PRIVATE + SPIS) this.source(cpu, intid).priority = (value >>> (i * 8)) & 0xff
      }
    }
  }

  sendSgi(cpu: number, intid: number, sender: number): void {
    if (intid >= SGIS) throw new Error(`SGI ${intid}`)
    const source = this.source(cpu, intid)
    source.latched = true
    source.sender = sender
  }

  /** ICH_ELRSR_EL2, ICH_EISR_EL2: free, and those whose end asks for maintenance. */
  emptyLists(cpu: number): number {
    return this.#lists(cpu, (lr) => !(lr >> 62n) && !isEnded(lr))
  }

  endedLists(cpu: number): number {
    return this.#lists(cpu, isEnded)
  }

  /** ICH_MISR_EL2, or GICH_MISR: why there is maintenance to do, by what ICH_HCR_EL2 asks for. */
  status(cpu: number): number {
    const { lists, control } = this.interfaces[cpu]!
    const valid = lists.filter((lr) => lr >> 62n).length
    const isPending = lists.some((lr) => (lr >> 62n) & 1n)
    const causes = [
      this.endedLists(cpu) !== 0,
      (control & 2) !== 0 && valid <= 1,
      (control & 4) !== 0 && control >>> 27 !== 0,
      (control & 8) !== 0 && !isPending,
    ]
    return causes.reduce((bits, isCause, bit) => (isCause ? bits | (1 << bit) : bits), 0)
  }

  #lists(cpu: number, test: (lr: bigint) => boolean): number {
    return this.interfaces[cpu]!.lists.reduce((bits, lr, i) => (test(lr) ? bits | (1 << i) : bits), 0)
  }

  #word(cpu: number, offset: number): Source[] {
    const first = (offset & 0x7f) * 8
    const count = Math.max(0, Math.min(32, PRIVATE + SPIS - first))
    return Array.from({ length: count }, (_, bit) => this.source(cpu, first + bit))
  }

  #bitmap(cpu: number, offset: number, test: (source: Source) => boolean): number {
    return this.#word(cpu, offset).reduce((bits, source, bit) => (test(source) ? bits | (1 << bit) : bits), 0) >>> 0
  }
}

/** State 0, HW 0, EOI 1. */
function isEnded(lr: bigint): boolean {
  return !(lr >> 62n) && ((lr >> 61n) & 1n) === 0n && ((lr >> 41n) & 1n) === 1n
}
