/** Turns what zod found into lines that a person can act on. */
import type { z } from 'zod'
import type { Problem } from '../ui/failure.ts'
import { suggestion } from '../ui/suggest.ts'

type Issue = z.core.$ZodIssue

/** What belongs at a path, as one would write it; list positions are `[]`. */
const WANTED: Record<string, string> = {
  '': "export default defineSystem({ board: 'qemu-virt', vms: [...] })",
  name: "a name such as 'two-guests'",
  board: "board: 'qemu-virt', or { name: 'qemu-virt', cpus, memory, gic }",
  'board.name': "name: 'qemu-virt'",
  'board.cpus': 'a whole number of cores',
  'board.memory': "a size such as '2G'",
  'board.gic': '2 or 3',
  hash: "'crc32' or 'sha256'",
  control: "true, false, or { uart: 'uart1', key: 'control.key' }",
  'control.uart': "a UART of the board's, such as uart: 'uart1'",
  'control.key': "key: 'control.key'",
  networks: 'networks: { lan: {} }',
  'networks.*': '{}, or { mtu: 9000, offload: true }',
  'networks.*.kind': "'internal'",
  'networks.*.uplink': "a network card of the board's such as uplink: 'nic0', or uplink: { nic: 'nic0', share: 30 }",
  'networks.*.uplink.share': 'percent of a core such as share: 30',
  'networks.*.mtu': 'a number of bytes such as mtu: 1500',
  'networks.*.offload': 'true or false',
  sharedMemory: "sharedMemory: { ring: { vms: ['one', 'two'], output: '64K' } }",
  'sharedMemory.*': "{ vms: ['one', 'two'], output: '64K' }",
  'sharedMemory.*.vms': "a list of VMs' names, such as vms: ['one', 'two']",
  'sharedMemory.*.vms[]': "a VM's name",
  'sharedMemory.*.size': "a size such as size: '64K'",
  'sharedMemory.*.output': "a size such as output: '16K'",
  disks: "disks: { main: { file: 'disk.img' } }",
  'disks.*': "{ file: 'disk.img' }",
  'disks.*.file': "file: 'disk.img'",
  'disks.*.partitions': "partitions: { root: { size: '64M' } }",
  'disks.*.partitions.*': "{ size: '64M' } or { image: 'root.ext4' }",
  'disks.*.partitions.*.size': "a size such as size: '64M'",
  'disks.*.partitions.*.image': "image: 'root.ext4'",
  confirm: "confirm: { after: '30s' }",
  'confirm.after': "a duration such as after: '30s'",
  'confirm.within': "a duration such as within: '120s'",
  vms: "vms: [{ name: 'linux', memory: '256M', kernel: 'Image' }]",
  'vms[]': "a VM: { name: 'linux', memory: '256M', kernel: 'Image' }",
  'vms[].name': "name: 'linux' (a-z, 0-9, -)",
  'vms[].cpus': 'a whole number of vCPUs, such as cpus: 1',
  'vms[].cores': 'a list of core numbers, such as cores: [0]',
  'vms[].cores[]': 'a core number, 0 or more',
  'vms[].share': 'percent of each of its cores, such as share: 50',
  'vms[].cpu': "cpu: { cores: [1], budget: '2ms', period: '10ms', priority: 5 }",
  'vms[].cpu.cores': 'a list of core numbers, such as cores: [1]',
  'vms[].cpu.cores[]': 'a core number, 0 or more',
  'vms[].cpu.budget': "a duration such as budget: '2ms'",
  'vms[].cpu.period': "a duration such as period: '10ms'",
  'vms[].cpu.priority': 'a whole number from 0 to 255, the most urgent',
  'vms[].cpu.spare': 'true or false',
  'vms[].memory': "a size such as memory: '256M'",
  'vms[].kernel': "kernel: 'path/to/Image', { file, load, entry } for a flat binary, or debian.kernel()",
  'vms[].kernel.file': "file: 'path/to/kernel.bin'",
  'vms[].kernel.load': 'a guest-physical address such as load: 0x4008_0000',
  'vms[].kernel.entry': 'a guest-physical address such as entry: 0x4008_0000',
  'vms[].initrd': "initrd: 'path/to/initramfs.cpio', or debian.busyboxInitrd()",
  'vms[].initrd.modules': "a list such as modules: ['virtio_mmio', 'virtio_console']",
  'vms[].initrd.modules[]': "a module's name such as 'virtio_mmio'",
  'vms[].initrd.flavour': "'cloud' or 'generic'",
  'vms[].symbols': "symbols: 'path/to/System.map'",
  'vms[].bootargs': "bootargs: 'console=ttyAMA0'",
  'vms[].dtb': "'generated', false, or { file: 'my.dtb', address: 0x4000_0000 }",
  'vms[].dtb.file': "file: 'my.dtb'",
  'vms[].dtb.address': 'a guest-physical address such as address: 0x4000_0000',
  'vms[].devices': "a list such as devices: ['uart', virtio.entropy()]",
  'vms[].devices[]':
    "'uart', 'rtc', virtio.balloon(...), virtio.block(...), virtio.gpio(...), virtio.net(...), virtio.socket(...), virtio.console() or virtio.entropy()",
  'vms[].devices[].virtio': 'virtio.console() or virtio.entropy()',
  'vms[].passthrough': "a list of the board's devices, such as passthrough: ['uart3']",
  'vms[].passthrough[]': "a name of the board's, such as 'uart3'",
  'vms[].trustedDma': 'true or false',
  'vms[].devices[].limit': "limit: { iops: 500, bandwidth: '10M', burst: '100ms' }",
  'vms[].devices[].limit.iops': 'requests in a second, such as iops: 500',
  'vms[].devices[].limit.bandwidth': "bytes in a second, such as bandwidth: '10M'",
  'vms[].devices[].limit.burst': "a duration such as burst: '100ms'",
  'vms[].devices[].disk': "a disk of the board, such as disk: 'main'",
  'vms[].devices[].partition': "a partition's name or number, such as partition: 'root'",
  'vms[].devices[].target': "RAM that the VM keeps, such as target: '192M'",
  'vms[].devices[].lines': "lines: { led: 17, button: { pin: 27, pull: 'up' } }",
  'vms[].devices[].lines.*': "a pin's number, or { pin: 27, pull: 'up' }",
  'vms[].interrupts': 'interrupts in a second, such as interrupts: 5000',
  'vms[].onCrash': "'restart', 'stop', 'reboot-board' or { start: 'another-vm' }",
  'vms[].onReboot': "'restart', 'stop', 'reboot-board' or { start: 'another-vm' }",
  'vms[].onShutdown': "'restart', 'stop', 'reboot-board' or { start: 'another-vm' }",
  'vms[].restarts': "restarts: { limit: 3, backoff: '100ms', onLimit: 'stop' }",
  'vms[].restarts.limit': 'a number of restarts, or Infinity',
  'vms[].restarts.backoff': "a duration such as backoff: '100ms'",
  'vms[].restarts.onLimit': "'stop', 'reboot-board' or { start: 'another-vm' }",
  'vms[].critical': 'true or false',
  'vms[].devices[].network': "network: 'lan', one of the system's networks",
  'vms[].devices[].mac': "mac: '52:54:00:00:00:01'",
  'vms[].devices[].vlan': 'a number from 1 to 4094',
  'vms[].devices[].open': 'true or false',
  'vms[].devices[].peers': "a list of VMs' names, such as peers: ['other']",
  'vms[].devices[].peers[]': "a VM's name",
  'vms[].devices[].cid': 'a number from 3 on, such as cid: 3',
  'vms[].control': 'true or false',
  'vms[].autostart': 'true or false',
  'vms[].template': 'true or false',
  'vms[].after': "a list of VMs' names, such as after: ['network']",
  'vms[].after[]': "a VM's name, or { vm: 'network', ready: true, within: '30s' }",
  'vms[].after[].vm': "a VM's name",
  'vms[].after[].ready': 'true or false',
  'vms[].after[].within': "a duration such as within: '30s'",
  'vms[].watchdog': 'true or false',
  'vms[].heartbeat': "heartbeat: { within: '200ms', first: '30s' }",
  'vms[].heartbeat.within': "a duration such as within: '200ms'",
  'vms[].heartbeat.first': "a duration such as first: '30s'",
}

/** Fields of earlier versions, and what says the same now. */
const GONE: Record<string, string> = {
  'vms[].restart': "write onCrash, onReboot or onShutdown: 'restart' or 'stop', and restarts: { limit: 3 }",
}

/** `vms[1].memory` */
export function pathText(path: readonly PropertyKey[]): string {
  return join(path, (index) => `[${index}]`)
}

/** `vms[].memory`, `networks.*.mtu` */
function pattern(path: readonly PropertyKey[]): string {
  const [first, , ...rest] = path
  if (first === 'disks' && path.length > 1) {
    const [field, , ...below] = rest
    return join([first, '*', ...(rest.length > 1 ? [field!, '*', ...below] : rest)], () => '[]')
  }
  const named = (first === 'networks' || first === 'sharedMemory') && path.length > 1 ? [first, '*', ...rest] : path
  return join(named, () => '[]')
}

function join(path: readonly PropertyKey[], position: (index: number) => string): string {
  return path.map((key, i) => (typeof key === 'number' ? position(key) : `${i ? '.' : ''}${String(key)}`)).join('')
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], root)
}

function described(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`
  if (Array.isArray(value)) return value.length ? 'a list' : 'an empty list'
  if (value === null) return 'null'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'function') return 'a function'
  return String(value)
}

/** Of a union's branches the one that came furthest: the deepest path, or the object whose keys are only partly wrong. */
function closest(branches: Issue[][]): Issue[] | undefined {
  const depth = (issues: Issue[]) =>
    Math.max(...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
  const inside = branches.filter((issues) => issues.length > 0 && depth(issues) > 0)
  const rightSource = inside.filter((issues) => !issues.some((issue) => issue.path[0] === 'source'))
  return (rightSource.length ? rightSource : inside).sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0]
}

/** `prefix` is where the parsed part stands in the whole config `root`. */
export function problems(issues: Issue[], root: unknown, prefix: PropertyKey[] = []): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = [...prefix, ...issue.path]
    const at = pathText(path)
    if (issue.code === 'custom') return [{ path: at, ...(issue.params as Omit<Problem, 'path'>) }]
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key))
    if (issue.code === 'invalid_union') {
      const branch = closest(issue.errors)
      const custom = issue.errors.flat().filter((inner) => inner.code === 'custom')
      if (branch) return problems(branch, root, path)
      if (custom.length) return problems(custom, root, path)
    }
    const value = valueAt(root, path)
    const remedy = `write ${WANTED[pattern(path)] ?? 'another value'}`
    if (value === undefined) return [{ path: at, reason: 'is missing', remedy }]
    return [{ path: at, reason: `${described(value)} does not fit here`, remedy }]
  })
}

function unknownKey(path: PropertyKey[], key: string): Problem {
  const gone = GONE[pattern([...path, key])]
  if (gone) return { path: pathText([...path, key]), reason: 'there is no such field any more', remedy: gone }
  const inside = path.length ? `${pattern(path)}.` : ''
  const known = Object.keys(WANTED)
    .filter((wanted) => wanted.startsWith(inside) && /^\w+$/.test(wanted.slice(inside.length)))
    .map((wanted) => wanted.slice(inside.length))
  const above = [...path.slice(0, -1), key]
  // A network may have any name: there every word would be at home.
  const remedy =
    WANTED[pattern(above)] && !pattern(above).endsWith('*')
      ? `it stands one level up, as ${pathText(above)}`
      : suggestion(key, known)
  return { path: pathText([...path, key]), reason: 'there is no such field', remedy }
}
