/** A guest that programs the vGIC at random, and the model that says what must come of it. */
import { isTimer, VgicModel } from './vgic-model.ts'
import { FakeVmm } from './vmm.ts'
import type { FakeVmmOptions } from './vmm-option.ts'

const GICD = 0x0800_0000
const SGI_BASE = 0x080b_0000
const STRIDE = 0x2_0000
const UART_INTID = 33
const SPURIOUS = 1023
const IDLE = 0x100

/** SGIs, a PPI without a wire, the timers, SPIs with and without a device, in three different words. */
export const INTIDS = [0, 1, 15, 20, 27, 30, 32, 33, 34, 47, 64, 287]

export interface Step {
  what: string
  vcpu: number
  intid: number
  value: number
}

export class VgicGuest {
  readonly vmm: FakeVmm
  readonly model: VgicModel
  private readonly taken: { intid: number; source: number }[][]

  constructor(
    private readonly version: 2 | 3,
    private readonly vcpus: number,
    options: FakeVmmOptions,
  ) {
    this.vmm = new FakeVmm({ ...options, version, vcpus })
    this.model = new VgicModel(version, vcpus, INTIDS)
    this.taken = Array.from({ length: vcpus }, () => [])
    // The UART's and the clock's lines then follow their masks.
    this.vmm.type('x')
    this.vmm.write(0x0901_0004, 0)
  }

  do({ what, vcpu, intid, value }: Step): void {
    this.actions[what]!(vcpu % this.vcpus, intid, value)
  }

  private readonly actions: Record<string, (vcpu: number, intid: number, value: number) => void> = {
    enable: (vcpu, intid) => {
      this.model.at(vcpu, intid).enabled = true
      this.setBit(0x100, vcpu, intid)
    },
    disable: (vcpu, intid) => {
      this.model.at(vcpu, intid).enabled = this.isFixed(intid)
      this.setBit(0x180, vcpu, intid)
    },
    pend: (vcpu, intid) => {
      this.model.at(vcpu, intid).latch ||= !this.isFixed(intid)
      this.setBit(0x200, vcpu, intid)
    },
    unpend: (vcpu, intid) => {
      this.model.at(vcpu, intid).latch &&= this.isFixed(intid)
      this.setBit(0x280, vcpu, intid)
    },
    activate: (vcpu, intid) => {
      this.model.at(vcpu, intid).active = true
      this.setBit(0x300, vcpu, intid)
    },
    deactivate: (vcpu, intid) => {
      this.model.at(vcpu, intid).active = false
      this.setBit(0x380, vcpu, intid)
    },
    priority: (vcpu, intid, value) => {
      const irq = this.model.at(vcpu, intid)
      // Of an active interrupt the manuals leave it open which priority counts.
      if (irq.active) return
      irq.priority = value & 0xf8
      this.vmm.write(this.register(0x400 + intid, vcpu, intid), value, 1, vcpu)
    },
    groups: (vcpu, _, value) => {
      this.model.groups = value & 3
      this.vmm.write(GICD, value, 4, vcpu)
    },
    group: (vcpu, intid, value) => this.setGroup(vcpu, intid, value & 1),
    edge: (vcpu, intid, value) => this.setEdge(vcpu, intid, (value & 1) === 1),
    line: (vcpu, intid, value) => this.setLine(vcpu, intid, (value & 1) === 1),
    route: (vcpu, intid, value) => this.setRoute(vcpu, intid, value % this.vcpus),
    sgi: (vcpu, intid, value) => this.sendSgi(vcpu, intid & 15, value),
    acknowledge: (vcpu) => this.acknowledge(vcpu),
    end: (vcpu) => this.end(vcpu),
  }

  /** Ends all that runs, then takes and ends whatever comes. */
  drain(): void {
    for (let vcpu = 0; vcpu < this.vcpus; vcpu++) {
      while (this.taken[vcpu]!.length) this.end(vcpu)
      for (const intid of [27, 30, 33, 34]) this.setLine(vcpu, intid, false)
    }
    for (let vcpu = 0; vcpu < this.vcpus; vcpu++) {
      for (let turn = 0; this.vmm.vcpus[vcpu]!.highest(); turn++) {
        if (turn > 100) throw new Error(`vCPU ${vcpu} is never done`)
        this.acknowledge(vcpu)
        this.end(vcpu)
      }
    }
  }

  /** Every vCPU is offered just what the model would take next. */
  check(): void {
    for (let vcpu = 0; vcpu < this.vcpus; vcpu++) {
      const { running } = this.vmm.vcpus[vcpu]!
      const candidates = this.model.candidates(vcpu, running.at(-1) ?? IDLE)
      const offered = this.vmm.vcpus[vcpu]!.highest()
      if (offered && this.isStale(vcpu, offered.intid)) continue
      const best = Math.min(...candidates.map((irq) => irq.priority))
      const expected = candidates.filter((irq) => irq.priority === best).map((irq) => irq.intid)
      const isRight = expected.length === 0 ? !offered : expected.includes(offered?.intid ?? SPURIOUS)
      if (!isRight) throw new Error(`vCPU ${vcpu} is offered ${offered?.intid}, not one of [${expected}]`)
    }
  }

  /** What one vCPU reads of its own interrupts is what the model holds. */
  checkRegisters(): void {
    for (const intid of INTIDS) {
      const irq = this.model.at(0, intid)
      const read = (offset: number) =>
        (this.vmm.read(this.register(word(offset, intid), 0, intid)) >>> (intid & 31)) & 1
      const found = [read(0x100), read(0x200), read(0x380), this.vmm.read(this.register(0x400 + intid, 0, intid), 1)]
      const model = [Number(irq.enabled), Number(this.model.isPending(irq)), Number(irq.active), irq.priority]
      if (found.some((value, n) => value !== model[n])) {
        throw new Error(`INTID ${intid} reads enabled, pending, active, priority [${found}], not [${model}]`)
      }
    }
  }

  /** A timer that fell while it waited in a list register: nobody sees that before the next exit that looks at it. */
  private isStale(vcpu: number, intid: number): boolean {
    const irq = this.model.at(vcpu, intid)
    return isTimer(intid) && !this.model.isPending(irq) && this.model.passes(irq) && !irq.active
  }

  private acknowledge(vcpu: number): void {
    const taken = this.vmm.acknowledgeFrom(vcpu)
    if (taken.intid === SPURIOUS) return
    const irq = this.model.at(vcpu, taken.intid)
    if (this.isFixed(taken.intid) && !irq.sources.has(taken.source)) {
      throw new Error(`SGI ${taken.intid} came from vCPU ${taken.source}, which did not send it`)
    }
    this.model.acknowledge(irq, taken.source)
    this.taken[vcpu]!.push(taken)
  }

  private end(vcpu: number): void {
    const last = this.taken[vcpu]!.pop()
    if (!last) return
    this.model.at(vcpu, last.intid).active = false
    this.vmm.end(last.intid, vcpu, last.source)
  }

  /** GICv2 SGIs: always enabled, pending by their senders only. */
  private isFixed(intid: number): boolean {
    return this.version === 2 && intid < 16
  }

  private setGroup(vcpu: number, intid: number, group: number): void {
    this.model.at(vcpu, intid).group = group
    const at = this.register(word(0x80, intid), vcpu, intid)
    const others = this.vmm.read(at, 4, vcpu) & ~(1 << (intid & 31))
    this.vmm.write(at, (others | (group << (intid & 31))) >>> 0, 4, vcpu)
  }

  private setEdge(vcpu: number, intid: number, edge: boolean): void {
    if (intid < 32) return
    this.model.at(vcpu, intid).edge = edge
    const at = GICD + 0xc00 + (intid >> 4) * 4
    const bit = 2 << ((intid & 15) * 2)
    const others = this.vmm.read(at, 4, vcpu) & ~bit
    this.vmm.write(at, (others | (edge ? bit : 0)) >>> 0, 4, vcpu)
  }

  private setLine(vcpu: number, intid: number, high: boolean): void {
    const irq = this.model.at(vcpu, intid)
    if (isTimer(intid)) {
      this.model.setLine(irq, high)
      this.vmm.timer(intid, high, vcpu)
    } else if (intid === 33 || intid === 34) {
      this.model.setLine(irq, high)
      if (intid === UART_INTID) this.vmm.write(0x0900_0038, high ? 1 << 6 : 0, 4, vcpu)
      else this.vmm.write(0x0901_0010, high ? 1 : 0, 4, vcpu)
    }
  }

  private setRoute(vcpu: number, intid: number, target: number): void {
    if (intid < 32 || this.vcpus === 1) return
    this.model.at(vcpu, intid).route = target
    if (this.version === 2) this.vmm.write(GICD + 0x800 + intid, 1 << target, 1, vcpu)
    else this.vmm.write(GICD + 0x6000 + intid * 8, BigInt(target), 8, vcpu)
  }

  private sendSgi(vcpu: number, intid: number, targets: number): void {
    if (!INTIDS.includes(intid)) return
    for (let target = 0; target < this.vcpus; target++) {
      if (!((targets >> target) & 1)) continue
      const irq = this.model.at(target, intid)
      if (this.version === 2) irq.sources.add(vcpu)
      else irq.latch = true
    }
    if (this.version === 2) this.vmm.write(GICD + 0xf00, ((targets & 0xff) << 16) | intid, 4, vcpu)
    else this.vmm.sendSgi((BigInt(intid) << 24n) | BigInt(targets & 0xff), 1, vcpu)
  }

  private setBit(offset: number, vcpu: number, intid: number): void {
    this.vmm.write(this.register(word(offset, intid), vcpu, intid), (1 << (intid & 31)) >>> 0, 4, vcpu)
  }

  private register(offset: number, vcpu: number, intid: number): number {
    if (this.version === 2 || intid >= 32) return GICD + offset
    return SGI_BASE + vcpu * STRIDE + offset
  }
}

function word(offset: number, intid: number): number {
  return offset + (intid >> 5) * 4
}
