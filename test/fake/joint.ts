/** What tool/compile's join gives core: the compartments, each call checked against the rules of src/core/vmm.ts. */
import { TRAP_ASSERT, TRAP_FUEL } from '../../src/abi/compartment.ts'
import { CPU_AT, HOST_SLOT, PAGE_SIZE, SERVICE_SLOT, SLOT_SHIFT, VMM_SLOT } from '../../src/abi/layout.ts'
import { type Compartment, CompartmentTrap, shippedVmm, trap } from './compartment.ts'
import { CPU_VCPU } from './entered.ts'
import type { Machine } from './machine.ts'
import { refuse, shipped } from './shipped.ts'
import { VcpuRecord } from './vcpu-record.ts'
import { HOST_MODULE, NET_MODULE, reportService, STORAGE_MODULE, UPLINK_MODULE } from './vector.ts'

export const VMM_MEMORY = 0x4000
export const HOST_MEMORY = 0x8000
export const NET_MEMORY = 0x5000
export const STORAGE_MEMORY = 0x6000
export const UPLINK_MEMORY = 0x4000
const NET_SLOT = SERVICE_SLOT + 1
const STORAGE_SLOT = SERVICE_SLOT + 2
const UPLINK_SLOT = SERVICE_SLOT + 3
const SLOT = 2 ** SLOT_SHIFT
/** Calls into compartments in one exit: far above what any takes. */
const CALL_LIMIT = 5000

type Value = number | bigint

export class Joint {
  /** The VMs' compartments, as last instantiated. */
  readonly vmms: Compartment[] = []
  #host: Record<string, (...values: Value[]) => Value> = {}
  #net: Record<string, (...values: Value[]) => Value> = {}
  /** Runs before each call into host; what it throws (`trap`) is host's fault. */
  breakHost: (name: string) => void = () => {}
  /** The same for net. */
  breakNet: (name: string) => void = () => {}
  /** The service that drives the board's storage: the test's own, call by call. */
  storage: Record<string, (...values: Value[]) => Value> = {}
  /** How often it began. */
  storageBegins = 0
  /** The same for the service that drives the board's network card. */
  uplink: Record<string, (...values: Value[]) => Value> = {}
  uplinkBegins = 0

  constructor(
    private readonly machine: Machine,
    private readonly makeVmm: (machine: Machine, vm: number) => Compartment = shippedVmm,
  ) {}

  get imports(): WebAssembly.Imports {
    return {
      env: { abort: refuse('core: abort'), fuel: refuse('core: a loop does not end') },
      vmm: byName(
        (name) =>
          (vm: number, ...values: Value[]) =>
            this.#callVmm(name, vm, values),
      ),
      host: byName(
        (name) =>
          (...values: Value[]) =>
            this.#callService(HOST_MODULE, name, () => {
              this.breakHost(name)
              return this.#host[name]!(...values)
            }),
      ),
      net: byName(
        (name) =>
          (...values: Value[]) =>
            this.#callService(NET_MODULE, name, () => {
              this.breakNet(name)
              return this.#net[name]!(...values)
            }),
      ),
      storage: byName(
        (name) =>
          (...values: Value[]) =>
            this.#callService(STORAGE_MODULE, name, () => this.storage[name]!(...values)),
      ),
      uplink: byName(
        (name) =>
          (...values: Value[]) =>
            this.#callService(UPLINK_MODULE, name, () => this.uplink[name]!(...values)),
      ),
      link: {
        uplinkMemorySize: () => UPLINK_MEMORY,
        uplinkInstantiate: () => {
          this.#takeWindow(UPLINK_SLOT, UPLINK_MEMORY)
          this.uplinkBegins++
        },
        vmmMemorySize: () => VMM_MEMORY,
        hostMemorySize: () => HOST_MEMORY,
        netMemorySize: () => NET_MEMORY,
        storageMemorySize: () => STORAGE_MEMORY,
        storageInstantiate: () => {
          this.#takeWindow(STORAGE_SLOT, STORAGE_MEMORY)
          this.storageBegins++
        },
        vmmInstantiate: (vm: number) => {
          this.#takeWindow(VMM_SLOT + vm, VMM_MEMORY)
          this.vmms[vm] = this.makeVmm(this.machine, vm)
        },
        hostInstantiate: () => {
          this.#takeWindow(HOST_SLOT, HOST_MEMORY)
          this.#startHost()
        },
        netInstantiate: () => {
          this.#takeWindow(NET_SLOT, NET_MEMORY)
          this.#startNet()
        },
      },
    }
  }

  #callVmm(name: string, vm: number, values: Value[]) {
    if (!['init', 'plug', 'configure'].includes(name)) this.#checkCurrent(vm, Number(values[0]))
    if (this.machine.spins++ > CALL_LIMIT) throw new Error(`the CPU calls ${name} for ever`)
    const call = this.vmms[vm]?.[name as keyof Compartment] as (...values: Value[]) => Value
    return CompartmentTrap.from(() => call.apply(this.vmms[vm], values))
  }

  /** boot/guard.S: a fault is told to core, and the call returns all ones. */
  #callService(module: number, name: string, call: () => Value): Value {
    try {
      return CompartmentTrap.from(call)
    } catch (error) {
      if (!(error instanceof CompartmentTrap)) throw error
      reportService(this.machine.core, module, error)
      return ['deadline', 'capacity', 'partitionStart', 'partitionSize', 'receive'].includes(name) ? -1n : -1
    }
  }

  /** A compartment may only be called where one of its own vCPUs is current. */
  #checkCurrent(vm: number, index: number): void {
    const { current, core } = this.machine
    const at = new DataView(core.memory.buffer).getUint32(CPU_AT + current * PAGE_SIZE + CPU_VCPU, true)
    const vcpu = new VcpuRecord(core.memory, at)
    if (!at || vcpu.vm !== vm || vcpu.index !== index) throw new Error(`vmm ${vm} called for vCPU ${index} elsewhere`)
  }

  /** Pages of zeroes at each instantiation with nothing mapped around them; the next one finds them used. */
  #takeWindow(slot: number, size: number): void {
    const { mmu, physical } = this.machine
    const base = slot * SLOT
    if (mmu.walk(base)) throw new Error(`page 0 of slot ${slot} is mapped`)
    if (mmu.walk(base + size)) throw new Error(`slot ${slot} reaches beyond its module's memory`)
    const globals = mmu.translate(base - PAGE_SIZE, 'write')
    // A vmm writes all of its globals, host those that are not zero (tool/compile/unit.ts).
    if (slot === HOST_SLOT && !physical.isZero(globals)) throw new Error("host's globals are not zeroed")
    if (slot === HOST_SLOT) physical.write(globals, Buffer.from('used'))
    for (let at = base + PAGE_SIZE; at < base + size; at += PAGE_SIZE) {
      const pa = mmu.translate(at, 'write')
      if (!physical.isZero(pa)) throw new Error(`slot ${slot} is not zeroed`)
      physical.write(pa, Buffer.from('used'))
    }
  }

  #startNet(): void {
    const env = { abort: trap(TRAP_ASSERT), fuel: trap(TRAP_FUEL) }
    this.#net = new WebAssembly.Instance(shipped('wasm/net'), { core: this.machine.core, env }).exports as never
  }

  #startHost(): void {
    const { machine } = this
    const pa = (at: number, access: 'read' | 'write') =>
      machine.mmu.translate(HOST_SLOT * SLOT + (at >>> 0), access, true)
    const { exports } = new WebAssembly.Instance(shipped('wasm/host'), {
      core: machine.core,
      hw: {
        read32: (at: number) => machine.devices.read(pa(at, 'read')),
        write32: (at: number, value: number) => machine.devices.write(pa(at, 'write'), value >>> 0),
      },
      env: { abort: trap(TRAP_ASSERT), fuel: trap(TRAP_FUEL) },
    })
    this.#host = exports as never
  }
}

function byName(make: (name: string) => unknown): WebAssembly.ModuleImports {
  return new Proxy({}, { get: (_, name) => make(String(name)) }) as WebAssembly.ModuleImports
}
