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
    'src/core/interrupt/handleInterrupt',
  ],
  vmm: ['src/vmm/vgic/pend/forwardAnew', 'src/vmm/vgic/register/writeOther', 'src/vmm/vgic/settle/changed'],
}

/** Functions of vmm that set things up or answer what nobody asks often: out of line as well, and built for size. */
export const SMALL: Partial<Record<UnitName, string[]>> = {
  vmm: [
    'src/lib/chacha20/quarter',
    'src/vmm/bus/writeDevice',
    'src/vmm/pl011/receive/refill',
    'src/vmm/pl011/transmit/resume',
    'src/vmm/pl031/readRtc',
    'src/vmm/pl031/writeRtc',
    'src/vmm/vgic/enable/reset',
    'src/vmm/vgic/gicr/readGicr',
    'src/vmm/vgic/gicr/writeGicr',
    'src/vmm/psci/call',
    'src/vmm/virtio/console/serve',
    'src/vmm/virtio/device/attach',
    'src/vmm/virtio/mmio/readSlot',
    'src/vmm/virtio/mmio/writeOther',
    'src/vmm/virtio/rng/serve',
    'src/vmm/virtio/slot/plug',
    'src/vmm/vgic/gicd-v2/writeGlobal',
    'src/vmm/vgic/gicd-v3/writeGlobal',
    'src/vmm/vgic/sgi-pending/readSources',
    'src/vmm/vgic/word/writeRare',
  ],
}

/** The other way round: small functions of fast paths that have a second, slow caller. */
export const TOGETHER: Partial<Record<UnitName, string[]>> = {
  core: ['src/core/compartment/interrupt', 'src/core/gic/take'],
}

/** Keeps them apart in asc's optimizer. */
export function keepApart(module: binaryen.Module, name: string): void {
  for (const path of [...(APART[name as UnitName] ?? []), ...(SMALL[name as UnitName] ?? [])]) {
    if (!module.getFunction(path)) continue
    binaryen.setPassArgument('no-inline', path)
    module.runPasses(['no-inline'])
  }
  binaryen.clearPassArguments()
}

/** Keeps the ones apart and the others together in clang. */
export function markApart(code: string, name: UnitName): string {
  const apart = (APART[name] ?? []).reduce((text, path) => mark(text, name, path, 'noinline'), code)
  const small = (SMALL[name] ?? []).reduce((text, path) => mark(text, name, path, 'noinline, minsize'), apart)
  return (TOGETHER[name] ?? []).reduce((text, path) => mark(text, name, path, 'always_inline'), small)
}

function mark(code: string, name: UnitName, path: string, attribute: string): string {
  const function_ = path.replace(/^src\/\w+\//, `${name}/`).replace(/\W+/g, '__')
  const prototype = new RegExp(`^static (?=(?:void|u32|u64) ${function_}\\()`, 'm')
  return code.replace(prototype, `static __attribute__((${attribute})) `)
}
