/** Builds build/wasm/{core,vmm,host}.wasm once before the unit tests, which instantiate what ships, and core's inner parts. */
import { buildWasm } from '../../tool/compile/modules.ts'
import { ROOT } from '../../tool/compile/tool-path.ts'
import { buildInternals } from '../fake/build-internals.ts'
import { buildResumable } from '../fake/build-resumable.ts'

export default async function setup(): Promise<void> {
  const report = (message: string) => console.error(message)
  await buildWasm(ROOT, report)
  await buildResumable(report)
  await buildInternals(report)
}
