/**
 * Functions that no compiler may inline: the slow halves of fast paths. Inlined, they would give the fast path their stack
 * frame, and every exit would save and restore registers for work that it does not do (`npm run bench` shows it).
 */
import binaryen from 'binaryen'
import type { UnitName } from './model.ts'

/** By their names in asc's output: file and function; `test/shape` holds the list against the sources. */
export const APART: Partial<Record<UnitName, string[]>> = {
  core: [
    'src/core/exit-data-abort/finishRead',
    'src/core/exit-data-abort/refuse',
    'src/core/exit-system-register/access',
    'src/core/console/feed',
    'src/core/console/serveUart',
    'src/core/interrupt/handleInterrupt',
    'src/core/life/reap',
    'src/core/life/prepareSome',
    'src/core/schedule/wakeDue',
    'src/core/suspend/suspend',
    'src/core/world/begin',
  ],
  vmm: [
    'src/vmm/bus/writeDevice',
    'src/vmm/vgic/gicd-v2/writeGlobal',
    'src/vmm/vgic/gicd-v3/writeGlobal',
    'src/vmm/vgic/pend/forwardAnew',
    'src/vmm/vgic/pend/latched',
    'src/vmm/vgic/pend/takeSeveral',
    'src/vmm/vgic/sgi/sendToSelf',
    'src/vmm/pl031/poll',
    'src/vmm/vgic/register/writeOther',
    'src/vmm/vgic/settle/changed',
    'src/vmm/vgic/word/writeRare',
  ],
}

/** The other way round: small functions of fast paths that have a second, slow caller. */
export const TOGETHER: Partial<Record<UnitName, string[]>> = {
  core: [
    'src/core/compartment/deliver',
    'src/core/compartment/interrupt',
    'src/core/gic/take',
    'src/core/request/ask',
    'src/core/request/remind',
    'src/core/schedule/tell',
    'src/core/services/fill',
  ],
}

/** Keeps them apart in asc's optimizer. */
export function keepApart(module: binaryen.Module, name: string): void {
  for (const path of APART[name as UnitName] ?? []) {
    if (!module.getFunction(path)) continue
    binaryen.setPassArgument('no-inline', path)
    module.runPasses(['no-inline'])
  }
  binaryen.clearPassArguments()
}

/** Keeps the ones apart and the others together in clang. */
export function markApart(code: string, name: UnitName): string {
  const apart = (APART[name] ?? []).reduce((text, path) => mark(text, name, path, 'noinline, cold'), code)
  return (TOGETHER[name] ?? []).reduce((text, path) => mark(text, name, path, 'always_inline'), apart)
}

function mark(code: string, name: UnitName, path: string, attribute: string): string {
  const function_ = path.replace(/^src\/\w+\//, `${name}/`).replace(/\W+/g, '__')
  const prototype = new RegExp(`^static (?=(?:void|u32|u64) ${function_}\\()`, 'm')
  return code.replace(prototype, `static __attribute__((${attribute})) `)
}
