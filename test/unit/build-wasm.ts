/** Builds build/wasm/{core,vmm,host}.wasm once before the unit tests, which instantiate what ships. */
import { buildWasm } from '../../tool/compile/hypervisor.ts'

export default function setup(): Promise<void> {
  return buildWasm({ log: (line) => console.error(line) })
}
