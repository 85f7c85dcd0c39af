/** The other half of src/hw.ts on the desk: system registers as a map, memory through EL2's tables, firmware calls. */

import { crc32 } from 'node:zlib'
import { CPU_AT, IMAGE_VA, PAGE_SIZE } from '../../src/abi/layout.ts'
import { EL1_MOVED, EL1_RESET, loadEl1, saveEl1 } from './el1.ts'
import { BUILD } from './extension.ts'
import { SPURIOUS } from './gic.ts'
import type { Machine } from './machine.ts'
import { IMAGE } from './mmu.ts'
import { points } from './point.ts'
import { PowerOff, Reset } from './power.ts'
import { wakeSpinners } from './spin.ts'

/** Ends a CPU's call: WFI, and nothing is pending. */
export class Idle extends Error {}

export interface CpuState {
  readonly index: number
  readonly registers: Map<string, bigint>
  /** Runs core's code, or waits in WFI. */
  isOnline: boolean
  /** Address of the vCPU page that the guest runs on, 0 while idle. */
  running: number
}

const FREQUENCY = 62_500_000n
const SPIN_LIMIT = 5000
const [PSCI_CPU_ON, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET] = [0xc400_0003n, 0x8400_0008n, 0x8400_0009n]
const PSCI_INVALID = -2n

/** A Cortex-A72's, with EL1's as a loader may have left them. */
const REGISTERS: Record<string, bigint> = {
  midr_el1: 0x410f_d083n,
  cntfrq_el0: FREQUENCY,
  ctr_el0: 0x8444_c004n,
  id_aa64mmfr0_el1: 0x1124n,
  id_aa64mmfr1_el1: 0n,
  id_aa64pfr0_el1: 0x0100_2222n,
  ...Object.fromEntries(
    [...EL1_RESET.keys(), ...EL1_MOVED.map(({ name }) => name)].map((name) => [name, 0xbad0_0000n]),
  ),
  // A loader's timers, still running.
  cntv_ctl_el0: 1n,
  cntv_cval_el0: 0n,
  cntp_ctl_el0: 1n,
  cntp_cval_el0: 0n,
  cnthp_ctl_el2: 1n,
  cnthp_cval_el2: 0n,
}
/** ISR_EL1.I. */
const IRQ_PENDING = 1n << 7n
/** ID_<...>_EL1 by CRm and op2. */
const ID_REGISTERS = new Map<string, bigint>([
  ['4,0', 0x1311_1111_1111_2222n],
  ['4,1', 0xfff_ffffn],
  ['4,4', 0xffn],
  ['5,0', 0x11_1f3f_511bn],
  ['5,1', 0xffn],
  ['6,0', 0x1_1120n],
  ...['6,1', '6,2', '7,1', '7,2'].map((name) => [name, -1n] as const),
  ['7,0', 0x1124n],
  ['1,0', 0x131n],
  ['1,2', 0x301_0066n],
])

/** ID_AA64ISAR0_EL1.RNDR where the machine has it. */
function idRegister(machine: Machine, name: string): bigint {
  const value = ID_REGISTERS.get(name) ?? 0n
  return name === '6,0' && machine.rndr ? value | (1n << 60n) : value
}

export function resetState(index: number): CpuState {
  const registers = new Map(Object.entries({ ...REGISTERS, mpidr_el1: 0x8000_0000n | BigInt(index) }))
  return { index, registers, isOnline: index === 0, running: 0 }
}

export function primitives(machine: Machine): WebAssembly.ModuleImports {
  const own: Record<string, unknown> = {
    ...system(machine),
    ...memory(machine),
    ...machine.devices.primitives,
    ...image(),
  }
  const register = (name: string) => {
    const registers = () => machine.cpus[machine.current]!.registers
    if (name.startsWith('set_')) {
      return (value: bigint) => void registers().set(name.slice(4), BigInt.asUintN(64, value))
    }
    return () => {
      const value = registers().get(name)
      if (value === undefined) throw new Error(`${name} is read but was never set`)
      return value
    }
  }
  const imports = new Proxy(own, { get: (_, name) => own[String(name)] ?? register(String(name)) })
  return imports as WebAssembly.ModuleImports
}

function wait(machine: Machine, limit: number): void {
  machine.now += FREQUENCY / 1000n // so that waits end
  if (machine.spins++ >= limit) throw new Error('a CPU waits for ever')
}

function system(machine: Machine) {
  const here = () => machine.cpus[machine.current]!
  const passBy = (name: string) => {
    const action = machine.meanwhile.get(name)
    machine.meanwhile.delete(name)
    action?.()
  }
  return {
    tpidr_el2: () => {
      passBy('tpidr_el2')
      return CPU_AT + machine.current * PAGE_SIZE
    },
    cntpct_el0: () => machine.now++,
    pmu_counters: () => 6n,
    rndr: () => machine.rndr?.() ?? 0n,
    id_register: (crm: number, op2: number) => idRegister(machine, `${crm},${op2}`),
    reset_el1: () => {
      passBy('reset_el1')
      for (const [name, value] of EL1_RESET) here().registers.set(name, value)
    },
    set_cntv_ctl_el0: (value: bigint) => {
      passBy('set_cntv_ctl_el0')
      here().registers.set('cntv_ctl_el0', BigInt.asUintN(64, value))
    },
    save_el1: (at: number) => saveEl1(new DataView(machine.core.memory.buffer, at), here().registers),
    load_el1: (at: number) => loadEl1(new DataView(machine.core.memory.buffer, at), here().registers),
    cntv_ctl_el0: () => machine.timers.control(machine.current, 'cntv_ctl_el0'),
    cntp_ctl_el0: () => machine.timers.control(machine.current, 'cntp_ctl_el0'),
    isr_el1: () => (machine.devices.interruptFor(machine.current) === SPURIOUS ? 0n : IRQ_PENDING),
    read32: (va: bigint) => machine.devices.read(machine.mmu.translate(Number(va), 'read', true)),
    write32: (va: bigint, value: number) =>
      machine.devices.write(machine.mmu.translate(Number(va), 'write', true), value >>> 0),
    // The guest's MMU is off.
    at_s1e1r: (va: bigint) => BigInt.asUintN(48, va) & ~0xfffn,
    isb: () => machine.windows.refresh(),
    dsb_sy: () => undefined,
    dsb_ish: () => undefined,
    dsb_ishst: () => undefined,
    tlbi_guest: () => undefined,
    tlbi_ipas2e1is: () => undefined,
    tlbi_stage1: () => undefined,
    tlbi_vm: (vttbr: bigint) => void machine.forgotten.push(Number(BigInt.asUintN(64, vttbr) >> 48n)),
    tlbi_vmalle1: () => void machine.flushes.push(machine.current),
    ...points(
      () => here().registers,
      (at) => new DataView(machine.core.memory.buffer, at),
    ),
    ic_ialluis: () => passBy('ic_ialluis'),
    tlbi_el2: (va: bigint) => {
      machine.mmu.invalidate(Number(va))
      machine.windows.close(Number(va))
    },
    sev: () => wakeSpinners(machine),
    wfi: () => {
      if (machine.devices.interruptFor(machine.current) === SPURIOUS || machine.spins++ > SPIN_LIMIT) throw new Idle()
    },
    pause: () => wait(machine, SPIN_LIMIT),
    wait_turn: () => wait(machine, 0), // no other CPU runs meanwhile
    smc: (fn: bigint, target: bigint, entry: bigint, context: bigint) => {
      const call = BigInt.asUintN(64, fn)
      if (machine.spin !== undefined) throw new Error('SMC is undefined without a monitor')
      if (call === PSCI_SYSTEM_OFF) throw new PowerOff()
      if (call === PSCI_SYSTEM_RESET) throw new Reset()
      if (call !== PSCI_CPU_ON) throw new Error(`SMC ${call.toString(16)}`)
      if (Number(entry) !== machine.imagePa + IMAGE.secondary) throw new Error("CPU_ON: not the image's entry")
      if (target !== context || !machine.cpus[Number(target)]) return PSCI_INVALID
      return BigInt(machine.startCpu(Number(target)))
    },
  }
}

function memory(machine: Machine) {
  const { mmu, physical } = machine
  const spend = (length: bigint) => {
    machine.now += (length * machine.ticksPerPage) / BigInt(PAGE_SIZE)
  }
  const number = (value: bigint) => Number(BigInt.asUintN(64, value))
  const read = (va: bigint, length: bigint) =>
    number(va) < 2 ** 32
      ? Buffer.from(machine.core.memory.buffer.slice(number(va), number(va) + number(length)))
      : Buffer.concat(
          [...mmu.pieces(number(va), number(length), 'read')].map(({ pa, size }) => physical.read(pa, size)),
        )
  const write = (va: bigint, bytes: Buffer) => {
    let done = 0
    for (const { pa, size } of mmu.pieces(number(va), bytes.length, 'write')) {
      physical.write(pa, bytes.subarray(done, done + size))
      done += size
    }
  }
  return {
    load64: (va: bigint) =>
      number(va) < 2 ** 32
        ? new DataView(machine.core.memory.buffer).getBigUint64(number(va), true)
        : physical.read64(mmu.translate(number(va), 'read')),
    store64: (va: bigint, value: bigint) =>
      physical.write64(mmu.translate(number(va), 'write'), BigInt.asUintN(64, value)),
    store8: (va: bigint, value: number) => write(va, Buffer.of(value & 0xff)),
    load8: (va: bigint) => read(va, 1n)[0]!,
    scrub: (va: bigint, length: bigint) => {
      spend(length)
      for (const { pa, size } of mmu.pieces(number(va), number(length), 'write')) physical.zero(pa, size)
    },
    clean: (va: bigint, length: bigint) => {
      if (length <= 8n) machine.cleaned.add(mmu.translate(number(va), 'read'))
    },
    load: (to: bigint, from: bigint, length: bigint) => {
      spend(length)
      write(to, read(from, length))
    },
    // Out of core's own memory too, and into it.
    copy: (to: bigint, from: bigint, length: bigint) => {
      const bytes = number(from) < 2 ** 32 ? own(machine.core.memory, number(from), number(length)) : read(from, length)
      if (number(to) < 2 ** 32) own(machine.core.memory, number(to), number(length)).set(bytes)
      else write(to, bytes)
    },
    zero: (va: bigint, length: bigint) => write(va, Buffer.alloc(number(length))),
    crc32: (va: bigint, length: bigint, before: number) => {
      spend(length)
      return crc32(read(va, length), before >>> 0)
    },
  }
}

function own(memory: WebAssembly.Memory, at: number, length: number): Buffer {
  return Buffer.from(memory.buffer, at, length)
}

function image() {
  return {
    data_offset: () => BigInt(IMAGE.data),
    image_size: () => BigInt(IMAGE.end),
    tables_offset: () => BigInt(IMAGE.tables),
    secondary_offset: () => BigInt(IMAGE.secondary),
    spin_offset: () => BigInt(IMAGE.spin),
    build: () => BUILD,
    /** Text in quarters of 8 KiB: core, vmm, host, assembly. */
    module_of: (pc: bigint) => {
      const offset = Number(BigInt.asUintN(64, pc)) - IMAGE_VA
      return offset >= 0 && offset < IMAGE.rodata ? [0, 1, 3, 2][Math.floor(offset / (IMAGE.rodata / 4))]! : 2
    },
  }
}
