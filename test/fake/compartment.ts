/** A VM's compartment as core sees it: the shipped vmm, or one that a test makes do anything. */
import {
  TRAP_ASSERT,
  TRAP_DIVIDE_BY_ZERO,
  TRAP_FUEL,
  TRAP_MEMORY,
  TRAP_OVERFLOW,
  TRAP_UNREACHABLE,
} from '../../src/abi/compartment.ts'
import { GrantedRam } from './guest-ram.ts'
import type { Core, Machine } from './machine.ts'
import { shipped } from './shipped.ts'

export interface Compartment {
  plug(slot: number, type: number): void
  configure(setting: bigint): void
  init(vcpuCount: number, gicVersion: number, lrCount: number, devices: number): void
  mmioRead(vcpu: number, ipa: bigint, size: number): bigint
  mmioWrite(vcpu: number, ipa: bigint, size: number, value: bigint): void
  hypercall(vcpu: number, fn: bigint, a1: bigint, a2: bigint, a3: bigint): bigint
  sgi(vcpu: number, value: bigint, group: number): void
  interrupt(vcpu: number, intid: number): void
  maintenance(vcpu: number): void
  deliver(vcpu: number): void
  frames(vcpu: number): void
  consoleSpace(vcpu: number): number
  consoleInput(vcpu: number, ch: number): void
  consoleRoom(vcpu: number): void
}

const CODES: [RegExp, number][] = [
  [/unreachable/, TRAP_UNREACHABLE],
  [/divide by zero|remainder by zero/, TRAP_DIVIDE_BY_ZERO],
  [/unrepresentable|overflow/, TRAP_OVERFLOW],
  [/out of bounds/, TRAP_MEMORY],
]

/** What ends a compartment's call before its return. */
export class CompartmentTrap extends Error {
  constructor(
    readonly code: number,
    readonly address = 0n,
  ) {
    super(`trap ${code} in a compartment`)
  }

  /** Wasm's own traps, by the numbers that the C runtime gives them. */
  static from<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error
      const code = CODES.find(([pattern]) => pattern.test(error.message))?.[1]
      if (code === undefined) throw error
      throw new CompartmentTrap(code, code === TRAP_MEMORY ? 0x4_ffff_0000n : 0n)
    }
  }
}

export function trap(code: number, address?: bigint) {
  return () => {
    throw new CompartmentTrap(code, address)
  }
}

export function shippedVmm(machine: Machine, vm: number): Compartment {
  const { core } = machine
  const memory = () => (exports as unknown as { memory: WebAssembly.Memory }).memory
  const ram = new GrantedRam(machine, vm).imports(memory)
  const imports = { core, ram, env: { abort: trap(TRAP_ASSERT), fuel: trap(TRAP_FUEL) } }
  const exports = new WebAssembly.Instance(shipped('wasm/vmm'), imports).exports as unknown as Compartment
  return exports
}

/** A compartment that notes each call and answers as the test says. */
export class StubVmm implements Compartment {
  /** Typed bytes that it says it takes. */
  space = 1024
  readonly calls: [name: string, ...values: (number | bigint)[]][] = []
  readonly core: Core
  /** What reads and hypercalls return. */
  answer = 0n

  constructor(machine: Machine) {
    this.core = machine.core
  }

  /** The calls since the last look, but for init. */
  fresh() {
    return this.calls.splice(0).filter(([name]) => name !== 'init' && name !== 'plug' && name !== 'configure')
  }

  plug(...values: number[]) {
    this.calls.push(['plug', ...values])
  }
  configure(setting: bigint) {
    this.calls.push(['configure', setting])
  }
  init(...values: number[]) {
    this.calls.push(['init', ...values])
  }
  mmioRead(vcpu: number, ipa: bigint, size: number) {
    this.calls.push(['mmioRead', vcpu, BigInt.asUintN(64, ipa), size])
    return this.answer
  }
  mmioWrite(vcpu: number, ipa: bigint, size: number, value: bigint) {
    this.calls.push(['mmioWrite', vcpu, BigInt.asUintN(64, ipa), size, BigInt.asUintN(64, value)])
  }
  hypercall(vcpu: number, ...values: bigint[]) {
    this.calls.push(['hypercall', vcpu, ...values.map((value) => BigInt.asUintN(64, value))])
    return this.answer
  }
  sgi(vcpu: number, value: bigint, group: number) {
    this.calls.push(['sgi', vcpu, BigInt.asUintN(64, value), group])
  }
  interrupt(vcpu: number, intid: number) {
    this.calls.push(['interrupt', vcpu, intid])
  }
  maintenance(vcpu: number) {
    this.calls.push(['maintenance', vcpu])
  }
  deliver(vcpu: number) {
    this.calls.push(['deliver', vcpu])
  }
  frames(vcpu: number) {
    this.calls.push(['frames', vcpu])
  }
  /** Not among the calls: a question. */
  consoleSpace(_vcpu: number) {
    return this.space
  }
  consoleInput(vcpu: number, ch: number) {
    this.calls.push(['consoleInput', vcpu, ch])
  }
  consoleRoom(vcpu: number) {
    this.calls.push(['consoleRoom', vcpu])
  }
}
