/**
 * core as it ships, on a board that is only pretended: RAM, EL2's tables, interrupt controller, UART, firmware, and CPUs that
 * take turns. A CPU with nothing to do ends its call at WFI; `pump` lets all CPUs take their interrupts until none is left.
 */

import { CPU_AT, PAGE_SIZE, STACK_SIZE, STACK_STRIDE, STACK_VA } from '../../src/abi/layout.ts'
import { type BoardOptions, boardTree, GiB, MiB } from './board.ts'
import type { Compartment } from './compartment.ts'
import { Devices } from './devices.ts'
import { checkEntered } from './entered.ts'
import { type Gic, SPURIOUS } from './gic.ts'
import { withoutSequences } from './host.ts'
import { Joint } from './joint.ts'
import { IMAGE, Mmu } from './mmu.ts'
import { Physical } from './physical.ts'
import type { FakePl011 } from './pl011.ts'
import { PowerOff, Reset } from './power.ts'
import { type CpuState, Idle, primitives, resetState } from './primitive.ts'
import { shipped } from './shipped.ts'
import { Timers } from './timer.ts'
import { flatten, type Node } from './tree.ts'
import { VcpuRecord } from './vcpu-record.ts'
import { CONTINUE, interrupted, synchronous, untilGuest } from './vector.ts'
import { Windows } from './window.ts'

/** core's exports: what assembly calls, and by name what the compartments import. */
export type Core = Record<string, (...values: (number | bigint)[]) => number | bigint> & {
  memory: WebAssembly.Memory
  boot(dtb: bigint, image: bigint, level: number): number
  bootSecondary(cpu: number): number
  onFault(esr: bigint, pc: bigint, far: bigint, lr: bigint): number
  onTrap(module: number, code: number, file: bigint, line: number, pc: bigint): number
}

export interface MachineOptions extends BoardOptions {
  /** Bytes in the initrd slot. */
  initrd?: Uint8Array
  /** Takes the place of the board's own tree. */
  dtb?: Uint8Array
  bend?: (tree: Node) => void
  /** Makes a VM's compartment; the shipped one by default. */
  vmm?: (machine: Machine, vm: number) => Compartment
  /** The firmware's answer to CPU_ON; 'silent' accepts and does nothing. */
  cpuOn?: (cpu: number) => number | 'silent'
  loadAt?: number
  /** Instead of PSCI: where CPU 0's word of the spin table would be. */
  spin?: number
  /** RNDR of a CPU with FEAT_RNG. */
  rndr?: () => bigint
  /** core's module under build/; by default the shipped one with three more exports (build-resumable.ts). */
  core?: string
}

export const DTB_PA = GiB + 128 * MiB
export const BUNDLE_PA = GiB + 160 * MiB
const ALREADY_ON = -4
/** What FAR_EL2 and HPFAR_EL2 hold where they say nothing. */
const NOWHERE = 0xdead_beef_0000n

export interface Syndrome {
  esr: bigint
  far?: bigint
  hpfar?: bigint
}

export class Machine {
  readonly physical: Physical
  readonly mmu: Mmu
  readonly devices: Devices
  readonly timers: Timers
  readonly core: Core
  readonly windows: Windows
  readonly joint: Joint
  readonly cpus: CpuState[]
  readonly imagePa: number
  readonly rndr: MachineOptions['rndr']
  /** The counter. */
  now = 1000n
  isOff = false
  isReset = false
  current = 0
  /** WFIs and pauses since core was last entered. */
  spins = 0
  /** What bulk memory work costs. */
  ticksPerPage = 0n
  /** CPUs that dropped their guest's translations. */
  readonly flushes: number[] = []
  /** VMIDs of which no TLB holds anything, since a CPU asked for that from outside. */
  readonly forgotten: number[] = []
  /** What another CPU does, once, when core next uses the primitive of this name. */
  readonly meanwhile = new Map<string, () => void>()
  /** Addresses whose lines went to the point of coherency. */
  readonly cleaned = new Set<number>()
  readonly spin: number | undefined
  readonly #cpuOn: NonNullable<MachineOptions['cpuOn']>

  constructor(options: MachineOptions = {}) {
    const { gic = 3, cpus = 4, ram = [{ start: GiB, size: GiB }], initrd, loadAt = GiB + 2 * MiB } = options
    this.imagePa = loadAt
    this.spin = options.spin
    this.rndr = options.rndr
    this.#cpuOn = options.cpuOn ?? (() => 0)
    this.physical = new Physical(ram)
    this.mmu = new Mmu(this.physical, loadAt)
    this.physical.write(loadAt + IMAGE.rodata, Buffer.from('vmm/example\0'))
    const tree = boardTree({ gic, cpus, ram, bundle: initrd && { start: BUNDLE_PA, size: initrd.length } })
    options.bend?.(tree)
    this.physical.write(DTB_PA, options.dtb ?? flatten(tree))
    if (initrd) this.physical.write(BUNDLE_PA, initrd)

    const affinity = Array.from({ length: cpus }, (_, i) => i)
    this.cpus = affinity.map(resetState)
    this.timers = new Timers(this)
    const isHigh = (cpu: number, intid: number) => this.timers.isHigh(cpu, intid)
    const memory = () => new DataView(this.core.memory.buffer)
    this.devices = new Devices(gic, affinity, () => this.current, isHigh, memory)
    this.joint = new Joint(this, options.vmm)
    const imports = { ...this.joint.imports, hw: primitives(this) }
    this.core = new WebAssembly.Instance(shipped(options.core ?? 'test/core'), imports).exports as Core
    this.windows = new Windows(this.core.memory, this.mmu)
  }

  get gic(): Gic {
    return this.devices.gic
  }

  get uart(): FakePl011 {
    return this.devices.uart
  }

  /** The vCPU that CPU 0 enters, or undefined if it parks or idles. */
  boot(dtb = DTB_PA): VcpuRecord | undefined {
    this.setStack(0)
    this.enter(0, () => this.core.boot(BigInt(dtb), BigInt(this.imagePa), 2))
    return this.vcpuOn(0)
  }

  /** The vCPU whose guest runs on `cpu`. */
  vcpuOn(cpu: number): VcpuRecord | undefined {
    const at = this.cpus[cpu]!.running
    return at ? new VcpuRecord(this.core.memory, at) : undefined
  }

  /** Runs core on a CPU until it enters a guest or has nothing to do. Traps and faults of a compartment start it anew. */
  enter(cpu: number, call: () => number): void {
    const { current, spins } = this
    this.current = cpu
    this.spins = 0
    try {
      const running = untilGuest(this.core, call)
      this.cpus[cpu]!.running = running
      if (running & ~CONTINUE) checkEntered(this, cpu, running & ~CONTINUE)
    } catch (error) {
      if (error instanceof PowerOff) this.isOff = true
      else if (error instanceof Reset) this.isReset = true
      else if (!(error instanceof Idle)) throw error
      this.cpus[cpu]!.running = 0
    } finally {
      this.current = current
      this.spins = spins
    }
  }

  /** A synchronous exit of the guest on `cpu`. */
  sync(cpu: number, { esr, far = NOWHERE, hpfar = NOWHERE }: Syndrome): VcpuRecord | undefined {
    const { registers } = this.cpus[cpu]!
    registers.set('esr_el2', esr)
    registers.set('far_el2', far)
    registers.set('hpfar_el2', hpfar)
    return this.exit(cpu, (core, vcpu) => synchronous(core, vcpu, esr))
  }

  /** Any way out of the guest on `cpu`, and the way back in. */
  exit(cpu: number, handler: (core: Core, vcpu: number) => number): VcpuRecord | undefined {
    const state = this.cpus[cpu]!
    const { running, registers } = state
    const vcpu = this.vcpuOn(cpu)
    const preserved = vcpu?.preserved()
    registers.set('elr_el2', vcpu?.elr ?? 0n)
    registers.set('spsr_el2', vcpu?.spsr ?? 0n)
    this.enter(cpu, () => handler(this.core, running))
    if (!(state.running & CONTINUE)) return this.vcpuOn(cpu)
    state.running &= ~CONTINUE
    if (state.running !== running) throw new Error("another vCPU goes on with this one's registers")
    if (vcpu && preserved) vcpu.goOn(preserved, registers.get('elr_el2')!, registers.get('spsr_el2')!)
    return vcpu
  }

  /** A CPU takes its interrupt: out of its guest, or out of WFI, from where src/core/schedule.ts goes on. */
  interrupt(cpu: number): VcpuRecord | undefined {
    if (this.cpus[cpu]!.running) {
      this.cpus[cpu]!.registers.set('esr_el2', 0n) // boot/vectors.S
      return this.exit(cpu, interrupted)
    }
    const record = CPU_AT + cpu * PAGE_SIZE
    this.enter(cpu, () => {
      this.core.handleInterrupt!(record, this.core.take!())
      return Number(this.core.settle!(record))
    })
    return this.vcpuOn(cpu)
  }

  /** Time passes; whoever has a timer set gets its interrupt when that is due. Guests run on without an exit of their own. */
  elapse(ticks: bigint): void {
    const until = this.now + ticks
    for (let next = this.timers.next(); next !== undefined && next < until; next = this.timers.next()) {
      this.now = next
      this.pump()
    }
    if (this.now < until) this.now = until
    this.pump()
  }

  /** Interrupts on every CPU, until none is pending. */
  pump(limit = 100): void {
    for (let i = 0; i < limit; i++) {
      const cpu = this.cpus.findIndex(({ isOnline }, cpu) => isOnline && this.devices.interruptFor(cpu) !== SPURIOUS)
      if (cpu < 0) return
      this.interrupt(cpu)
    }
    throw new Error('the interrupts never rest')
  }

  /** PSCI's CPU_ON; the CPU runs until it waits, then the caller goes on. */
  startCpu(cpu: number): number {
    const answer = this.#cpuOn(cpu)
    if (answer) return answer === 'silent' ? 0 : answer
    const state = this.cpus[cpu]!
    if (state.isOnline) return ALREADY_ON
    state.isOnline = true
    this.setStack(cpu)
    this.enter(cpu, () => this.core.bootSecondary(cpu))
    return 0
  }

  /** boot/entry.S: the stack, mapped and with nothing below it, goes to the CPU's page. */
  setStack(cpu: number): void {
    const top = STACK_VA + (cpu + 1) * STACK_STRIDE
    for (let at = top - STACK_SIZE; at < top; at += PAGE_SIZE) this.mmu.translate(at, 'write')
    if (this.mmu.walk(top - STACK_SIZE - 1)) throw new Error(`the stack of CPU ${cpu} has no guard`)
    this.mmu.translate(CPU_AT + cpu * PAGE_SIZE, 'write')
    new DataView(this.core.memory.buffer).setBigUint64(CPU_AT + cpu * PAGE_SIZE, BigInt(top), true)
  }

  /** What the console shows, a string for each line, without colours. */
  get lines(): string[] {
    const text = withoutSequences(Buffer.from(this.uart.sent).toString('latin1'))
    return text.split('\r\n').filter((line) => line)
  }
}
