/** A VM's compartment as it ships, over a pretend core: list registers, timers, power, console, clock. */
import { DEVICE_RTC, DEVICE_UART } from '../../src/abi/compartment.ts'
import type { Compartment } from './compartment.ts'
import type { FakeDisk } from './disk.ts'
import { filled, fueledVmm } from './fueled.ts'
import { FakeLines } from './gpio-lines.ts'
import { GuestRam } from './guest-ram.ts'
import { FakePort } from './port.ts'
import { refuse, shipped } from './shipped.ts'
import { VirtualInterface } from './virtual-interface.ts'
import type { FakeVmmOptions } from './vmm-option.ts'
import { coreServices } from './vmm-services.ts'
import { FakeVolume } from './volume.ts'

type Exports = Compartment & { memory: WebAssembly.Memory }

export const TIMERS = [27, 30]
const RAM = 0x4000_0000

export class FakeVmm {
  readonly call: Exports
  readonly vcpus: VirtualInterface[]
  readonly ram: GuestRam
  readonly disks: FakeDisk[]
  /** Of these the ones that are on the board's storage, by their places. */
  readonly volumes: (FakeVolume | undefined)[]
  readonly ports: FakePort[]
  readonly gpio: FakeLines
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
  /** Ticks beyond them, and the count at which the compartment wants to be told that time has passed. */
  ticks = 0n
  alarm: bigint | undefined
  epoch = 0n
  /** Pages that a balloon moved: which way, the first's address, how many. */
  readonly moved: ['out' | 'back', number, number][] = []
  /** Memories that it shares, as core keeps them: what registers read, and what was asked. */
  readonly shared: { figures: Record<number, number>; states: number[]; rings: number[]; isRung: boolean }[]
  /** Pages that an operator wants in its balloon, plus 1. */
  balloonWish = 0
  /** Its control line: how often its driver began anew, what the guest wrote since, what is there for it. */
  control = { resets: 0, written: '', waiting: '' }
  /** Columns and rows, 16 bits each. */
  terminalSize = 0
  /** The port of the console that an operator chose. */
  terminalPort = 0
  /** How often the VM asked for typed bytes again. */
  readies = 0
  refusals = 0
  /** What core's pool gives next, before it is stirred. */
  entropy = 1n
  /** What core says of the vCPU's stolen time and accounts. */
  stolenAt = 0n
  readonly statistics = new Map<number, bigint>()
  readonly links: boolean
  current = 0

  constructor({
    version = 3,
    vcpus = 1,
    listRegisters = 4,
    devices = DEVICE_UART | DEVICE_RTC,
    links = true,
    slots = [],
    ram = 0x1000,
    disks = [],
    settings = [],
    ports = [],
    lines = 0,
    shared = 0,
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
    this.volumes = disks.map((disk) => (disk.stored ? new FakeVolume(disk) : undefined))
    this.disks = disks
    this.gpio = new FakeLines(lines)
    this.ports = ports.map((port) => new FakePort(port))
    this.shared = Array.from({ length: shared }, () => ({ figures: {}, states: [], rings: [], isRung: false }))
    this.ram = new GuestRam(RAM, ram)
    const imports = { core: coreServices(this), ram: this.ram.imports(() => this.call.memory), env }
    const module = fueled ? fueledVmm() : shipped('wasm/vmm')
    const exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports
    this.call = fueled ? filled(exports) : exports
    for (const [slot, type] of slots.entries()) this.call.plug(slot, type)
    this.call.init(vcpus, version, listRegisters, devices)
    if (shared) this.call.configure((0xff09n << 48n) | BigInt(shared))
    for (const setting of settings) this.call.configure(setting)
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

  /** The VM's virtual count: a million ticks a second. */
  get count(): bigint {
    return BigInt(this.seconds) * 1_000_000n + this.ticks
  }

  /** Time passes, up to `ticks`; whoever asked to be told of some moment is told then. */
  pass(ticks: number): void {
    const end = this.count + BigInt(ticks)
    for (let turn = 0; this.alarm !== undefined && this.alarm <= end; turn++) {
      if (turn > 100_000) throw new Error('alarms without end')
      if (this.alarm > this.count) this.ticks += this.alarm - this.count
      this.alarm = undefined
      this.deliver(0)
      this.service()
    }
    this.ticks += end - this.count
  }

  deliver(vcpu: number): void {
    this.current = vcpu
    this.call.deliver(vcpu)
  }

  /** core says that frames have come. */
  frames(vcpu = 0): void {
    this.current = vcpu
    this.call.frames(vcpu)
    this.service()
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

  get here(): VirtualInterface {
    return this.vcpus[this.current]!
  }
}
