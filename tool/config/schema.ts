/** The shape of a config, field by field; what needs more than one field or a file is in check/. */
import { z } from 'zod'
import { MAX_VM_VCPUS, PAGE_SIZE } from '../../src/abi/layout.ts'
import { sizeText } from '../ui/number.ts'
import type { BoardConfig, SystemConfig, VmConfig } from './define.ts'
import { type Refuse, rule } from './rule.ts'
import { confirm } from './schema-confirm.ts'
import { cores, cpu, share } from './schema-cpu.ts'
import { devices } from './schema-device.ts'
import { disks } from './schema-disk.ts'
import { after, heartbeat, reaction, restarts } from './schema-life.ts'
import { rate } from './schema-limit.ts'
import { networks } from './schema-network.ts'
import { sharedMemories } from './schema-shared-memory.ts'
import { file, size } from './schema-size.ts'
import { parseSize, sizeLiteral } from './size.ts'

export const NAME_MOST = 31
/** Linux's COMMAND_LINE_SIZE on arm64, with its NUL. */
export const BOOTARGS_MOST = 2047
export const RAM_LEAST = 0x1_0000
/** What the console prints before its own lines. */
const RESERVED_NAMES = ['bulkhead']
/** Folders of the build's own beside `build/<system>`. */
export const RESERVED_FOLDERS = ['gen', 'guest', 'obj', 'test', 'wasm']

const name = rule(z.string(), (value, refuse) => {
  const plain = value
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, NAME_MOST)
  const remedy = plain ? `write '${plain}'` : "write a name such as 'linux'"
  if (value === '') return refuse('the name is empty', remedy)
  if (value.length > NAME_MOST) return refuse(`the name has ${value.length} characters, ${NAME_MOST} fit`, remedy)
  if (!/^[a-z][a-z0-9-]*$/.test(value)) {
    refuse(`'${value}' is no name: it starts with a letter and has only a-z, 0-9 and -`, remedy)
  } else if (RESERVED_NAMES.includes(value)) {
    refuse(`'${value}' is how the console marks the hypervisor's own lines`, 'choose another name')
  }
})

const systemName = rule(name, (value, refuse) => {
  if (RESERVED_FOLDERS.includes(value)) refuse(`build/${value} is the build's own`, `write '${value}-system'`)
})

const cpus = rule(z.int(), (value, refuse) => {
  if (value === 0) refuse('a VM with no vCPUs never runs', 'write 1 or more')
  else if (value < 0) refuse(`${value} is no number of vCPUs`, 'write 1 or more')
  else if (value > MAX_VM_VCPUS) refuse(`${value} vCPUs are more than a VM can have`, `write at most ${MAX_VM_VCPUS}`)
})

const memory = rule(size, (value, refuse) => {
  const bytes = parseSize(value)
  if (bytes === undefined) return
  if (bytes < RAM_LEAST) return refuse(`${sizeText(bytes)} is too little for a VM`, "write '64K' or more")
  if (bytes % PAGE_SIZE === 0) return
  const up = Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE
  refuse(`${bytes} bytes are not a multiple of 4 KiB`, `write ${sizeLiteral(up)}`)
})

const address = rule(z.int(), (value, refuse) => {
  if (value < 0) refuse(`${value} is no address`, 'write one such as 0x4000_0000')
})

const bootargs = rule(z.string(), (value, refuse) => {
  const odd = /[^\x20-\x7e]/.exec(value)
  if (odd) {
    const code = odd[0].codePointAt(0)!
    const what = code === 0 ? 'a NUL' : `the character 0x${code.toString(16)}`
    refuse(`the command line holds ${what} at position ${odd.index}`, 'write printable ASCII only')
  } else if (value.length > BOOTARGS_MOST) {
    refuse(`the command line has ${value.length} characters`, `shorten it to ${BOOTARGS_MOST}: Linux cuts off the rest`)
  }
})

const flavour = z.enum(['cloud', 'generic'])
const moduleName = rule(z.string(), (value, refuse) => {
  if (!/^[A-Za-z0-9_-]+$/.test(value)) refuse(`'${value}' is no module's name`, "write a name such as 'virtio_mmio'")
})
const assemblyscript = z.strictObject({ source: z.literal('assemblyscript'), entry: file })
const debianKernel = z.strictObject({ source: z.literal('debian-kernel'), flavour })
const debianUboot = z.strictObject({ source: z.literal('debian-uboot') })
const busyboxInitrd = z.strictObject({
  source: z.literal('busybox-initrd'),
  init: z.string().optional(),
  lines: z.array(z.string()).optional(),
  modules: z.array(moduleName).optional(),
  flavour: flavour.optional(),
})
const kernelFile = z.strictObject({ file, load: address.optional(), entry: address.optional() })

const hash = z.enum(['crc32', 'sha256'])

const vmObject = z.strictObject({
  name,
  cpus: cpus.optional(),
  cores: cores.optional(),
  share: share.optional(),
  cpu: cpu.optional(),
  memory,
  kernel: z.union([file, kernelFile, assemblyscript, debianKernel, debianUboot]),
  initrd: z.union([file, busyboxInitrd]).optional(),
  symbols: file.optional(),
  bootargs: bootargs.optional(),
  dtb: z
    .union([
      z.literal('generated'),
      z.literal(false),
      z.strictObject({ file: file.optional(), address: address.optional() }),
    ])
    .optional(),
  devices: devices.optional(),
  passthrough: z.array(z.string()).optional(),
  trustedDma: z.boolean().optional(),
  interrupts: rate.optional(),
  onCrash: reaction.optional(),
  onReboot: reaction.optional(),
  onShutdown: reaction.optional(),
  restarts: restarts.optional(),
  critical: z.boolean().optional(),
  debug: z.boolean().optional(),
  control: z.boolean().optional(),
  autostart: z.boolean().optional(),
  template: z.boolean().optional(),
  after: after.optional(),
  watchdog: z.boolean().optional(),
  heartbeat: heartbeat.optional(),
}) satisfies z.ZodType<VmConfig>

/** U-Boot moves itself, a heap of 16 MiB and a stack of 16 MiB to the end of RAM, away from where it was loaded. */
const UBOOT_RAM_LEAST = 40 * 2 ** 20

export const vmSchema = rule(vmObject, (vm, refuse) => {
  if (typeof vm.kernel === 'object' && 'source' in vm.kernel && vm.kernel.source === 'debian-uboot') {
    const memory = parseSize(vm.memory)!
    if (memory < UBOOT_RAM_LEAST) {
      refuse(`${sizeText(memory)} are too little for U-Boot`, `write ${sizeLiteral(UBOOT_RAM_LEAST)} or more`, 'memory')
    }
  }
  refuseForeignModules(vm, refuse)
  if (vm.share !== undefined && vm.cpu) {
    return refuse("the VM's cpu says how much it gets already", 'keep one of share and cpu', 'share')
  }
  if (vm.cpu && vm.cores) refuse("the VM's cpu names its cores already", 'keep cpu.cores alone', 'cores')
  if (vm.share === undefined || vm.cores) return
  refuse('a share of which core is not said', 'name one for each vCPU, such as cores: [1]', 'share')
})

/** Modules load into the kernel that they were built with, and no other. */
function refuseForeignModules({ kernel, initrd }: z.output<typeof vmObject>, refuse: Refuse): void {
  if (typeof initrd !== 'object' || !initrd.modules?.length || initrd.init !== undefined) return
  const own = initrd.flavour ?? 'cloud'
  const isDebian = typeof kernel === 'object' && 'source' in kernel && kernel.source === 'debian-kernel'
  if (!isDebian) {
    refuse("modules of Debian's kernel do not load into another one", 'use debian.kernel()', 'initrd')
  } else if (kernel.flavour !== own) {
    const remedy = `write debian.busyboxInitrd({ flavour: '${kernel.flavour}', ... })`
    refuse(`the kernel is '${kernel.flavour}', its modules would be '${own}'`, remedy, 'initrd')
  }
}

const boardObject = z.strictObject({
  name: z.string(),
  cpus: rule(z.int(), (value, refuse) => {
    if (value < 1) refuse(`a board with ${value} cores cannot run`, 'write 1 or more')
  }).optional(),
  memory: size.optional(),
  gic: z.union([z.literal(2), z.literal(3)]).optional(),
}) satisfies z.ZodType<BoardConfig>

/** The system but for its VMs, which are parsed one by one: a mistake in one must not hide those in the others. */
export const systemSchema = z.strictObject({
  name: systemName.optional(),
  board: z.union([z.string(), boardObject]),
  hash: hash.optional(),
  control: z.union([z.boolean(), z.strictObject({ uart: z.string().optional(), key: file.optional() })]).optional(),
  trace: z.boolean().optional(),
  networks: networks.optional(),
  sharedMemory: sharedMemories.optional(),
  disks: disks.optional(),
  confirm: confirm.optional(),
  vms: z.array(z.unknown()),
}) satisfies z.ZodType<Omit<SystemConfig, 'vms'>>
