/**
 * Functions that no compiler may inline: the slow halves of fast paths. Inlined, they would give the fast path their stack
 * frame, and every exit would save and restore registers for work that it does not do (`npm run bench` shows it).
 */
import { doorsOf } from './extension.ts'
import type { UnitName } from './model.ts'
import { RARE } from './rare.ts'

/** By their names in asc's output: file and function; `test/shape` holds the list against the sources. */
export const APART: Partial<Record<UnitName, string[]>> = {
  core: [
    'src/core/exit-data-abort/finishRead',
    'src/core/exit-data-abort/refuse',
    'src/core/exit-system-register/access',
    'src/core/console/feed',
    'src/core/explain/explainOwn',
    'src/core/pause/settlePauses',
    'src/core/console/serveUart',
    'src/core/interrupt/handleInterrupt',
    'src/core/life/reap',
    'src/core/life/prepareSome',
    'src/core/schedule/wakeDue',
    'src/core/suspend/suspend',
    'src/core/world/begin',
    // Called wherever something is said: copies in each place took 4 KiB.
    'src/core/log/byte',
    'src/core/log/text',
    'src/core/log/lockHost',
  ],
  vmm: [
    'src/vmm/bus/writeDevice',
    'src/vmm/main/lookAround',
    'src/lib/chacha20/quarter',
    'src/vmm/pl011/receive/refill',
    'src/vmm/pl011/transmit/resume',
    'src/vmm/pl031/readRtc',
    'src/vmm/pl031/writeRtc',
    'src/vmm/vgic/enable/reset',
    'src/vmm/vgic/gicr/readGicr',
    'src/vmm/vgic/gicr/writeGicr',
    'src/vmm/psci/call',
    'src/vmm/virtio/block/execute',
    'src/vmm/virtio/block/goesOn',
    'src/vmm/virtio/balloon/serve',
    'src/vmm/virtio/block/serve',
    'src/vmm/virtio/disk-request/lastWritable',
    'src/vmm/virtio/stored/serve',
    'src/vmm/virtio/stored/collect',
    'src/vmm/virtio/console/serve',
    'src/vmm/virtio/device/attach',
    'src/vmm/virtio/mmio/readSlot',
    'src/vmm/virtio/mmio/writeOther',
    'src/vmm/virtio/rng/serve',
    'src/vmm/virtio/slot/plug',
    'src/vmm/vgic/sgi-pending/readSources',
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
    'src/core/choose/settleAccount',
    'src/core/compartment/interrupt',
    'src/core/compartment/sgi',
    'src/core/fault-address/faultIpa',
    'src/core/gic/takeActive',
    'src/core/history/noteExit',
    'src/core/history/noteWhereto',
    'src/core/suspend/hasNews',
    'src/core/world/assume',
    'src/core/gic/take',
    'src/core/gicv2/take',
    'src/core/request/ask',
    'src/core/request/remind',
    'src/core/schedule/tell',
    'src/core/services/fill',
    'src/core/switch/leave',
  ],
  vmm: [
    'src/vmm/vgic/pend/repeat',
    'src/vmm/vgic/pend/takeArrived',
    'src/vmm/vgic/sgi/send',
    // For each frame.
    'src/vmm/virtio/queue/answer',
    'src/vmm/virtio/queue/giveBack',
    'src/vmm/virtio/queue/next',
  ],
}

/** With the doors into extensions, which have to stay functions of their own. */
export function apartIn(name: UnitName): string[] {
  return [...new Set([...(APART[name] ?? []), ...doorsOf(name)])]
}

/** For clang: some apart, some together, some small. */
export function markApart(code: string, name: UnitName): string {
  const one = (attribute: string) => (text: string, path: string) => mark(text, name, path, attribute)
  const apart = apartIn(name).reduce(one('noinline, cold'), code)
  const together = (TOGETHER[name] ?? []).reduce(one('always_inline'), apart)
  return (RARE[name] ?? []).reduce(one('minsize'), together)
}

/** Puts an attribute before each function that `path` names, a file and one of its functions or `*` for all, and before its export. */
function mark(code: string, name: UnitName, path: string, attribute: string): string {
  const [, file = '', own] = /^src\/(.*)\/([^/]+)$/.exec(path) ?? []
  const prefix = (file.startsWith(`${name}/`) ? file : `${name}/${file}`).replace(/\W+/g, '__')
  const named = `${prefix}__${own === '*' ? '\\w+' : own}\\(`
  const prototype = `static (?=.*\\b(?:void|u32|u64) ${named})`
  const wrapper = `(?=(?:void|u32|u64) w2c_${name}_\\w+\\(.*\\{.*\\b${named})`
  return code.replace(
    new RegExp(`^(?:${prototype}|${wrapper})`, 'gm'),
    (found) => `${found}__attribute__((${attribute})) `,
  )
}
