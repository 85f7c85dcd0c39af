/** Functions that stay apart (apart.ts), in asc's optimizer; in a file of its own, since binaryen takes seconds to load. */
import binaryen from 'binaryen'
import { apartIn } from './apart.ts'
import type { UnitName } from './model.ts'

export function keepApart(module: binaryen.Module, name: string): void {
  for (const path of apartIn(name as UnitName)) {
    if (!module.getFunction(path)) continue
    binaryen.setPassArgument('no-inline', path)
    module.runPasses(['no-inline'])
  }
  binaryen.clearPassArguments()
}
