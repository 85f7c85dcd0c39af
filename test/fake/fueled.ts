/** The shipped vmm with the fuel that core's glue fills before each call: a call that takes too many loop turns traps here too. */
import { readFileSync } from 'node:fs'
import binaryen from 'binaryen'
import { CALL_FUEL_VMM } from '../../src/abi/compartment.ts'
import { FUEL_GLOBAL } from '../../tool/compile/fuel.ts'

let compiled: WebAssembly.Module | undefined

/** What ships, with its tank within reach. */
export function fueledVmm(): WebAssembly.Module {
  if (compiled) return compiled
  const module = binaryen.readBinary(readFileSync(new URL('../../build/wasm/vmm.wasm', import.meta.url)))
  module.addGlobalExport(FUEL_GLOBAL, FUEL_GLOBAL)
  compiled = new WebAssembly.Module(module.emitBinary() as Uint8Array<ArrayBuffer>)
  module.dispose()
  return compiled
}

/** The instance's exports, each of which fills the tank first. */
export function filled<T extends object>(exports: T): T {
  const fuel = (exports as unknown as { [FUEL_GLOBAL]: WebAssembly.Global })[FUEL_GLOBAL]
  const entries = Object.entries(exports).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value]
    const call = (...values: unknown[]) => {
      fuel.value = CALL_FUEL_VMM
      return (value as (...values: unknown[]) => unknown)(...values)
    }
    return [name, call]
  })
  return Object.fromEntries(entries) as T
}
