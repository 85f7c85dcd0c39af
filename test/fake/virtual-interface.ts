/**
 * The virtual CPU interface of one vCPU as the manual describes it: list registers, acknowledge, end, maintenance.
 * IHI 0069 "ICH_LR<n>_EL2", "ICH_MISR_EL2", "ICH_HCR_EL2"; binary point at its minimum, EOImode 0, both groups enabled.
 */

export interface ListRegister {
  /** Bit 0 pending, bit 1 active. */
  state: number
  intid: number
  priority: number
  group: number
  hw: boolean
  physical: number
  eoi: boolean
  source: number
}

export const SPURIOUS = 1023
const IDLE_PRIORITY = 0x100
const UIE = 1 << 1
const LRENPIE = 1 << 2
const NPIE = 1 << 3

export class VirtualInterface {
  readonly lrs: ListRegister[]
  /** Enables as last given by `gicControl`. */
  control = 0
  eoiCount = 0
  priorityMask = 0xff
  /** Priorities of what was acknowledged and not ended, the running one last. */
  readonly running: number[] = []

  constructor(
    count: number,
    private readonly deactivate: (physical: number) => void,
  ) {
    this.lrs = Array.from({ length: count }, () => decode(0n))
  }

  write(i: number, value: bigint): void {
    const lr = decode(value)
    const slot = this.lrs[i]
    if (!slot) throw new Error(`list register ${i} does not exist`)
    if (lr.hw && lr.state === 3) throw new Error('pending and active with HW = 1')
    if (lr.hw && lr.physical !== lr.intid) throw new Error('linked to another interrupt')
    if (lr.priority & 7) throw new Error('priority bits that do not exist')
    const twin = this.lrs.find((other) => other !== slot && other.state && lr.state && other.intid === lr.intid)
    if (twin) throw new Error(`INTID ${lr.intid} in two list registers`)
    Object.assign(slot, lr)
  }

  /** Reads and clears. */
  takeEoiCount(): number {
    const count = this.eoiCount
    this.eoiCount = 0
    return count
  }

  read(i: number): bigint {
    const lr = this.lrs[i]
    if (!lr) throw new Error(`list register ${i} does not exist`)
    return encode(lr)
  }

  empty(): number {
    return bitmap(this.lrs, (lr) => lr.state === 0 && (lr.hw || !lr.eoi))
  }

  ended(): number {
    return bitmap(this.lrs, (lr) => lr.state === 0 && !lr.hw && lr.eoi)
  }

  status(): number {
    let status = this.ended() ? 1 : 0
    if (this.control & UIE && this.lrs.filter((lr) => lr.state).length <= 1) status |= UIE
    if (this.control & LRENPIE && this.eoiCount) status |= LRENPIE
    if (this.control & NPIE && !this.lrs.some((lr) => lr.state === 1)) status |= NPIE
    return status
  }

  /** The list register that the next acknowledge would take. */
  highest(): ListRegister | undefined {
    const limit = Math.min(this.priorityMask, this.running.at(-1) ?? IDLE_PRIORITY)
    const pending = this.lrs.filter((lr) => lr.state === 1 && lr.priority < limit)
    return pending.reduce<ListRegister | undefined>(
      (best, lr) => (best && best.priority <= lr.priority ? best : lr),
      undefined,
    )
  }

  acknowledge(): { intid: number; source: number } {
    const lr = this.highest()
    if (!lr) return { intid: SPURIOUS, source: 0 }
    lr.state = 2
    this.running.push(lr.priority)
    return { intid: lr.intid, source: lr.source }
  }

  /** The end of what was acknowledged last; hardware finds its list register by INTID and, for SGIs, source. */
  end(intid: number, source = 0): void {
    if (this.running.pop() === undefined) return
    const lr = this.lrs.find(
      (other) => other.state & 2 && other.intid === intid && (other.hw || other.source === source),
    )
    if (!lr) {
      this.eoiCount = Math.min(this.eoiCount + 1, 31)
      return
    }
    lr.state &= 1
    if (lr.hw) this.deactivate(lr.physical)
  }
}

function bitmap(lrs: ListRegister[], test: (lr: ListRegister) => boolean): number {
  return lrs.reduce((bits, lr, i) => (test(lr) ? bits | (1 << i) : bits), 0)
}

function decode(value: bigint): ListRegister {
  const high = Number((value >> 32n) & 0xffff_ffffn)
  const hw = ((high >>> 29) & 1) === 1
  return {
    state: high >>> 30,
    intid: Number(value & 0xffff_ffffn),
    priority: (high >>> 16) & 0xff,
    group: (high >>> 28) & 1,
    hw,
    physical: hw ? high & 0x3ff : 0,
    eoi: !hw && ((high >>> 9) & 1) === 1,
    source: hw ? 0 : high & 7,
  }
}

function encode(lr: ListRegister): bigint {
  const low = lr.hw ? lr.physical : lr.source | (lr.eoi ? 0x200 : 0)
  const high = ((lr.state << 30) | (lr.hw ? 1 << 29 : 0) | (lr.group << 28) | (lr.priority << 16) | low) >>> 0
  return (BigInt(high) << 32n) | BigInt(lr.intid)
}
