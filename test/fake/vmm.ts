/** A VM's compartment as it ships, over a pretend core: list registers, timers, power, console, clock. */
import { DEVICE_RTC, DEVICE_UART } from '../../src/abi/compartment.ts'
import type { Compartment } from './compartment.ts'
import { diskServices, type FakeDisk } from './disk.ts'
import { filled, fueledVmm } from './fueled.ts'
import { GuestRam } from './guest-ram.ts'
import { refuse, shipped } from './shipped.ts'
import { VirtualInterface } from './virtual-interface.ts'
import type { FakeVmmOptions } from './vmm-option.ts'

type Exports = Compartment & { memory: WebAssembly.Memory }

export const TIMERS = [27, 30]
/** ICH_LR<n>_EL2. */
const HW = 1n << 61n
const PHYSICAL = 0x3ffn << 32n
const EOI = 1n << 41n
const RAM = 0x4000_0000n
const RAM_SIZE = 0x1000_0000n

export class FakeVmm {
  readonly call: Exports
  readonly vcpus: VirtualInterface[]
  readonly ram: GuestRam
  private readonly disks: FakeDisk[]
  /** For each vCPU: timers that assert their line, and those that are active in the physical GIC. */
  readonly lines: Set<number>[]
  readonly physical: Set<number>[]
  /** The same for SPIs of devices that the VM has to itself: vCPU 0's core takes them. */
  readonly wires = new Set<number>()
  readonly activeSpis = new Set<number>()
  readonly kicked = new Set<number>()
  /** Kicks wait, as they do while the other core is busy. */
  holdsKicks = false
  /** What the guest's power calls asked of core. */
  readonly power: string[] = []
  output = ''
  /** Bytes that host's ring still takes. */
  room = Number.POSITIVE_INFINITY
  seconds = 0
  epoch = 0n
  /** How often the VM asked for typed bytes again. */
  readies = 0
  refusals = 0
  /** What core's pool gives next, before it is stirred. */
  entropy = 1n
  /** What core says of the vCPU's stolen time and accounts. */
  stolenAt = 0n
  readonly statistics = new Map<number, bigint>()
  private readonly links: boolean
  private current = 0

  constructor({
    version = 3,
    vcpus = 1,
    listRegisters = 4,
    devices = DEVICE_UART | DEVICE_RTC,
    links = true,
    slots = [],
    ram = 0x1000,
    disks = [],
    fueled = false,
  }: FakeVmmOptions = {}) {
    this.links = links
    this.lines = Array.from({ length: vcpus }, () => new Set())
    this.physical = Array.from({ length: vcpus }, () => new Set())
    this.vcpus = this.physical.map(
      (active) =>
        new VirtualInterface(listRegisters, (intid) => void (active.delete(intid) || this.activeSpis.delete(intid))),
    )
    const env = { abort: refuse('abort'), fuel: refuse('out of fuel') }
    this.disks = disks
    this.ram = new GuestRam(Number(RAM), ram)
    const imports = { core: this.core(), ram: this.ram.imports(() => this.call.memory), env }
    const module = fueled ? fueledVmm() : shipped('wasm/vmm')
    const exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports
    this.call = fueled ? filled(exports) : exports
    for (const [slot, type] of slots.entries()) this.call.plug(slot, type)
    this.call.init(vcpus, version, listRegisters, devices)
  }

  read(ipa: number, size = 4, vcpu = 0): number {
    return Number(this.read64(ipa, size, vcpu))
  }

  read64(ipa: number, size = 8, vcpu = 0): bigint {
    this.current = vcpu
    const value = BigInt.asUintN(64, this.call.mmioRead(vcpu, BigInt(ipa), size))
    this.service()
    return value
  }

  write(ipa: number, value: number | bigint, size = 4, vcpu = 0): void {
    this.current = vcpu
    this.call.mmioWrite(vcpu, BigInt(ipa), size, BigInt(value))
    this.service()
  }

  /** A call by HVC; x0 as a signed number. */
  hypercall(fn: number | bigint, args: (number | bigint)[] = [], vcpu = 0): number {
    this.current = vcpu
    const [a1 = 0, a2 = 0, a3 = 0] = args
    return Number(this.call.hypercall(vcpu, BigInt(fn), BigInt(a1), BigInt(a2), BigInt(a3)))
  }

  sendSgi(value: bigint, group = 1, vcpu = 0): void {
    this.current = vcpu
    this.call.sgi(vcpu, value, group)
    this.service()
  }

  /** Raises or drops a timer's line. */
  timer(intid: number, high: boolean, vcpu = 0): void {
    if (high) this.lines[vcpu]!.add(intid)
    else this.lines[vcpu]!.delete(intid)
    this.service()
  }

  /** Raises or drops the line of a device of the board. */
  wire(intid: number, high: boolean): void {
    if (high) this.wires.add(intid)
    else this.wires.delete(intid)
    this.service()
  }

  acknowledge(vcpu = 0): number {
    return this.acknowledgeFrom(vcpu).intid
  }

  acknowledgeFrom(vcpu = 0): { intid: number; source: number } {
    const taken = this.vcpus[vcpu]!.acknowledge()
    this.service()
    return taken
  }

  end(intid: number, vcpu = 0, source = 0): void {
    this.vcpus[vcpu]!.end(intid, source)
    this.service()
  }

  type(text: string): number {
    this.current = 0
    let taken = 0
    for (const byte of Buffer.from(text)) {
      if (this.call.consoleSpace(0) === 0) break
      this.call.consoleInput(0, byte)
      taken++
    }
    this.call.consoleRoom(0)
    this.service()
    return taken
  }

  makeRoom(bytes: number): void {
    this.current = 0
    this.room = bytes
    this.call.consoleRoom(0)
    this.service()
  }

  deliver(vcpu: number): void {
    this.current = vcpu
    this.call.deliver(vcpu)
  }

  /** Takes the physical interrupts that wait on every core, as hardware would before the guest's next instruction. */
  service(): void {
    for (let turn = 0; ; turn++) {
      if (turn > 1000) throw new Error('a physical interrupt that never ends')
      if (!this.vcpus.some((_, vcpu) => this.serviceOne(vcpu))) return
    }
  }

  private serviceOne(vcpu: number): boolean {
    this.current = vcpu
    const timer = TIMERS.find((intid) => this.lines[vcpu]!.has(intid) && !this.physical[vcpu]!.has(intid))
    const spi = vcpu === 0 ? [...this.wires].find((intid) => !this.activeSpis.has(intid)) : undefined
    if (timer !== undefined) {
      this.physical[vcpu]!.add(timer)
      this.call.interrupt(vcpu, timer)
    } else if (spi !== undefined) {
      this.activeSpis.add(spi)
      this.call.interrupt(vcpu, spi)
    } else if (!this.holdsKicks && this.kicked.delete(vcpu)) this.call.deliver(vcpu)
    else if (this.vcpus[vcpu]!.status()) this.call.maintenance(vcpu)
    else return false
    return true
  }

  private get here(): VirtualInterface {
    return this.vcpus[this.current]!
  }

  private linked(lr: bigint): bigint {
    const value = BigInt.asUintN(64, lr)
    return this.links || !(value & HW) ? value : (value & ~(HW | PHYSICAL)) | EOI
  }

  private core() {
    return {
      lrRead: (i: number) => this.here.read(i),
      lrWrite: (i: number, lr: bigint) => this.here.write(i, this.linked(lr)),
      lrRefill: (i: number, lr: bigint) => {
        if (!((this.here.empty() >>> i) & 1)) return 0
        this.here.write(i, this.linked(lr))
        return 1
      },
      lrEmpty: () => this.here.empty(),
      lrEnded: () => this.here.ended(),
      gicControl: (bits: number) => {
        this.here.control = bits
      },
      gicStatus: () => this.here.status(),
      gicEoiCount: () => this.here.takeEoiCount(),
      timerLine: (intid: number) => (this.lines[this.current]!.has(intid) ? 1 : 0),
      deactivate: (intid: number) => {
        if (!this.physical[this.current]!.delete(intid) && !this.activeSpis.delete(intid))
          throw new Error(`INTID ${intid} is not active`)
      },
      kick: (vcpus: number) => {
        for (let vcpu = 0; vcpu < 32; vcpu++) if ((vcpus >>> vcpu) & 1) this.kicked.add(vcpu)
      },
      again: () => void this.kicked.add(this.current),
      ...diskServices(this.disks, () => this.ram),
      entropy: () => this.entropy++ * 0x9e37_79b9_7f4a_7c15n,
      vcpuOn: (vcpu: number, entry: bigint, context: bigint) => this.power.push(`on ${vcpu} ${entry} ${context}`),
      vcpuOff: () => this.power.push(`off ${this.current}`),
      vcpuSuspend: (entry: bigint, context: bigint, powerDown: number) =>
        this.power.push(`suspend ${entry} ${context} ${powerDown}`),
      vmStop: (action: number) => this.power.push(`stop ${action}`),
      ramContains: (ipa: bigint) => (BigInt.asUintN(64, ipa - RAM) < RAM_SIZE ? 1 : 0),
      setX: () => undefined,
      stolenAt: () => this.stolenAt,
      statistic: (which: number) => this.statistics.get(which) ?? -1n,
      refuse: () => void this.refusals++,
      consolePut: (ch: number) => {
        if (this.room === 0) return 0
        this.room--
        this.output += String.fromCharCode(ch)
        return 1
      },
      consoleReady: () => void this.readies++,
      counter: () => BigInt(this.seconds) * 1_000_000n,
      frequency: () => 1_000_000,
      epoch: () => this.epoch,
    }
  }
}
