/** Builds build/wasm/{core,vmm,host}.wasm once before the unit tests, which instantiate what ships. */
import { buildWasm } from '../../tool/compile/modules.ts'
import { ROOT } from '../../tool/compile/tool-path.ts'

export default function setup(): Promise<void> {
  return buildWasm(ROOT, (message) => console.error(message))
}
