/** core's inner functions by themselves, or in a machine that has booted as far as it gets without a bundle. */
import { type BoardOptions, GiB } from './board.ts'
import { Machine } from './machine.ts'
import { refuse, shipped } from './shipped.ts'
import { RECORDS_END } from './window.ts'

type Function_ = (...values: (number | bigint)[]) => number | bigint
export type Internals = Record<string, Function_> & { memory: WebAssembly.Memory; fuel: WebAssembly.Global }

const MODULE = 'test/internals'
const WASM_PAGE = 0x1_0000

/** Without a machine below, CPU 0 apart: whatever touches one fails. */
export function bareInternals(): Internals {
  const hw = { mpidr_el1: () => 0x8000_0000n }
  const none = new Proxy({}, { get: (_, name) => refuse(`${String(name)} is called`) }) as WebAssembly.ModuleImports
  const env = { abort: refuse('abort'), fuel: refuse('the loop does not end') }
  const imports = {
    env,
    hw: new Proxy(hw, {
      get: (known, name) => Reflect.get(known, name) ?? Reflect.get(none, name),
    }) as WebAssembly.ModuleImports,
    link: none,
    vmm: none,
    host: none,
    net: none,
    storage: none,
    uplink: none,
  }
  const internals = new WebAssembly.Instance(shipped(MODULE), imports).exports as unknown as Internals
  const missing = RECORDS_END / WASM_PAGE - internals.memory.buffer.byteLength / WASM_PAGE
  if (missing > 0) internals.memory.grow(missing)
  return internals
}

/** Tables, direct map, devices and console stand; nothing runs. */
export function parkedMachine(options: BoardOptions & { initrd?: Uint8Array } = {}): Machine & { core: Internals } {
  const machine = new Machine({ core: MODULE, ram: [{ start: GiB, size: 4 * GiB }], ...options })
  machine.boot()
  return machine as Machine & { core: Internals }
}
