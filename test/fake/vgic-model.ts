/**
 * What a GIC is, in as few words as possible: each interrupt is enabled, pending, active; a CPU takes the most urgent one that is
 * pending, passes and is more urgent than what runs. No list registers, no hardware: the vGIC's behaviour is compared with this.
 */

export interface Interrupt {
  intid: number
  /** The vCPU that it belongs to, or is sent to. */
  route: number
  enabled: boolean
  group: number
  priority: number
  edge: boolean
  latch: boolean
  line: boolean
  active: boolean
  /** Of a device of the board: taken by core and not ended yet; and of that, not acknowledged yet. */
  physical: boolean
  forwarded: boolean
  /** Senders of a GICv2 SGI. */
  sources: Set<number>
}

const isPrivate = (intid: number) => intid < 32
const isSgi = (intid: number) => intid < 16
export const isTimer = (intid: number) => intid === 27 || intid === 30

export class VgicModel {
  groups = 0
  private readonly own: Map<number, Interrupt>[]
  private readonly shared = new Map<number, Interrupt>()

  constructor(
    readonly version: 2 | 3,
    readonly vcpus: number,
    intids: number[],
  ) {
    const make = (intid: number, route: number): [number, Interrupt] => [
      intid,
      {
        intid,
        route,
        enabled: version === 2 && isSgi(intid),
        group: version === 2 ? 0 : 1,
        priority: 0,
        edge: isSgi(intid),
        latch: false,
        line: false,
        active: false,
        physical: false,
        forwarded: false,
        sources: new Set(),
      },
    ]
    const nowhere = version === 2 && vcpus > 1
    this.own = Array.from({ length: vcpus }, (_, vcpu) => new Map(intids.filter(isPrivate).map((n) => make(n, vcpu))))
    for (const n of intids) if (!isPrivate(n)) this.shared.set(...make(n, nowhere ? -1 : 0))
  }

  at(vcpu: number, intid: number): Interrupt {
    return (isPrivate(intid) ? this.own[vcpu] : this.shared)!.get(intid)!
  }

  isPending(irq: Interrupt): boolean {
    return irq.latch || irq.forwarded || irq.sources.size > 0 || (!irq.edge && irq.line)
  }

  /** Enabled, and of an enabled group. */
  passes(irq: Interrupt): boolean {
    return irq.enabled && ((this.groups >> irq.group) & 1) === 1
  }

  /** What could be acknowledged on a vCPU whose running priority is `limit`. */
  candidates(vcpu: number, limit: number): Interrupt[] {
    const all = [...this.own[vcpu]!.values(), ...this.shared.values()]
    return all.filter(
      (irq) => irq.route === vcpu && this.isPending(irq) && this.passes(irq) && !irq.active && irq.priority < limit,
    )
  }

  setLine(irq: Interrupt, high: boolean): void {
    if (irq.edge && high && !irq.line) irq.latch = true
    irq.line = high
  }

  /** The wire of a board's device, which core looks at again when its interrupt has ended. */
  setWire(irq: Interrupt, high: boolean, hasEnded = false): void {
    irq.line = false
    if (hasEnded) irq.physical = false
    if (!high || irq.physical) return
    irq.physical = irq.forwarded = true
  }

  acknowledge(irq: Interrupt, source: number): void {
    irq.active = true
    irq.forwarded = false
    irq.latch = false
    irq.sources.delete(source)
  }
}
