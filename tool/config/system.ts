/** A config as the rest of the tool sees it: every default filled in, sizes in bytes, paths absolute. */
import { basename, dirname, resolve } from 'node:path'
import { RAM_IPA } from '../../src/abi/guest-machine.ts'
import type { Problem } from '../ui/failure.ts'
import { suggestion } from '../ui/suggest.ts'
import { type Board, boardNames, type GicVersion, loadBoard } from './board.ts'
import { type Confirm, confirmOf } from './confirm.ts'
import type { BoardConfig, ConfirmConfig, KernelFile, SystemConfig, VmConfig } from './define.ts'
import { DEVICE_NAMES, type DeviceName, isNet, type SlotDevice, type VirtioDevice } from './device.ts'
import { type Disk, disksOfBoard } from './disk.ts'
import { placeIdentity } from './identity.ts'
import { type Life, lifeOf } from './life.ts'
import { derivedMac, type Network, networksOf } from './network.ts'
import { problems } from './problem.ts'
import { RESERVED_FOLDERS, systemSchema, vmSchema } from './schema.ts'
import { type Server, serverOf } from './server.ts'
import { type SharedMemory, sharedMemoriesOf } from './shared-memory.ts'
import { parseSize } from './size.ts'
import { withCid } from './socket.ts'
import type { InitrdSource, KernelSource } from './source.ts'

export interface System {
  /** The config file, absolute; relative paths in it start from its folder. */
  file: string
  name: string
  machine: Machine
  hash: 'crc32' | 'sha256'
  /** Programs and people may steer the VMs. */
  control: boolean
  /** The board's UART for the control line; undefined: the console's. */
  wire?: string
  /** The file of the key that the serial line wants; undefined: none. */
  key?: string
  /** Cores may be traced. */
  trace: boolean
  networks: Network[]
  shared: SharedMemory[]
  disks: Disk[]
  /** What it must do before it is trusted, where an older system is there; undefined: nothing but boot. */
  confirm?: Confirm
  vms: Vm[]
}

/** The board in the size that the config asks for. */
export interface Machine {
  board: Board
  cores: number
  ramSize: number
  gic: GicVersion
}

export interface Vm {
  /** Position in the config, which is also the VM's id. */
  index: number
  name: string
  cpus: number
  /** As the config names them; undefined where the tool chooses. */
  cores?: number[]
  /** Where its cores are not its own: what each vCPU gets of them. */
  server?: Server
  /** Bytes. */
  memory: number
  /** Guest-physical address of its RAM. */
  ramBase: number
  kernel: KernelFile | KernelSource
  initrd?: string | InitrdSource
  /** System.map or ELF. */
  symbols?: string
  bootargs?: string
  dtb: { generated: boolean; file?: string; address?: number }
  devices: DeviceName[]
  /** Slot by slot; what `control: true` adds is the last. */
  virtio: SlotDevice[]
  /** Of each that the config lists its position there. */
  places: number[]
  /** Names of the board's devices that it has to itself. */
  passthrough: string[]
  trustedDma: boolean
  /** Of all of them in a second; undefined for as many as there are. */
  interrupts?: number
  life: Life
  /** A debugger may have it. */
  debug: boolean
  /** It may steer the board. */
  control: boolean
}

/** What of a config could be understood, and everything that could not. */
export interface Draft {
  file: string
  problems: Problem[]
  machine: Machine | undefined
  /** Only the VMs without a mistake in their shape. */
  vms: Vm[]
  vmCount: number
  name: string
  hash: System['hash']
  control: boolean
  wire?: string
  key?: string
  trace: boolean
  networks: Network[]
  shared: SharedMemory[]
  disks: Disk[]
  confirm?: Confirm
}

export async function draft(file: string, config: unknown): Promise<Draft> {
  const found: Problem[] = []
  const parsed = systemSchema.safeParse(config)
  if (!parsed.success) found.push(...problems(parsed.error.issues, config))
  const given = (typeof config === 'object' && config !== null ? config : {}) as Partial<SystemConfig>
  const machine = found.some(({ path }) => path === '' || path.startsWith('board'))
    ? undefined
    : await chooseMachine(given.board!, found)

  const {
    name = folderName(file),
    hash = 'crc32',
    control = true,
    trace = false,
    networks = {},
    sharedMemory = {},
    disks = {},
  } = parsed.success ? parsed.data : namesOf(given)
  const vms: Vm[] = []
  const list: unknown[] = Array.isArray(given.vms) ? given.vms : []
  if (Array.isArray(given.vms) && list.length === 0) {
    found.push({ path: 'vms', reason: 'the system has no VM', remedy: 'add one: { name, memory, kernel }' })
  }
  list.forEach((value, index) => {
    const vm = vmSchema.safeParse(value)
    if (vm.success) vms.push(complete(vm.data as VmConfig, index, file, name))
    else found.push(...problems(vm.error.issues, config, ['vms', index]))
  })

  if (machine) found.push(...placeIdentity(vms, machine))

  const { confirm } = parsed.success ? parsed.data : {}
  return {
    file,
    name,
    hash,
    control: control !== false,
    trace,
    problems: found,
    vms,
    vmCount: list.length,
    machine,
    networks: networksOf(networks, name),
    shared: sharedMemoriesOf(sharedMemory),
    disks: disksOfBoard(disks, (path) => resolve(dirname(file), path)),
    ...(confirm && { confirm: confirmOf(confirm as ConfirmConfig) }),
    ...(typeof control === 'object' && control.uart !== undefined && { wire: control.uart }),
    ...(typeof control === 'object' && control.key !== undefined && { key: resolve(dirname(file), control.key) }),
  }
}

/** Of a config that is wrong elsewhere: networks are not missing because one of them is. */
function namesOf({
  networks,
}: Partial<SystemConfig>): Pick<
  SystemConfig,
  'name' | 'hash' | 'control' | 'trace' | 'networks' | 'sharedMemory' | 'disks'
> {
  const names = typeof networks === 'object' && networks !== null ? Object.keys(networks) : []
  return { networks: Object.fromEntries(names.map((name) => [name, {}])) }
}

async function chooseMachine(config: string | BoardConfig, found: Problem[]): Promise<Machine | undefined> {
  const wish: BoardConfig = typeof config === 'string' ? { name: config } : config
  const names = boardNames()
  if (!names.includes(wish.name)) {
    const path = typeof config === 'string' ? 'board' : 'board.name'
    found.push({ path, reason: `'${wish.name}' is no known board`, remedy: suggestion(wish.name, names) })
    return undefined
  }
  const board = await loadBoard(wish.name)
  return {
    board,
    cores: wish.cpus ?? board.cores.count,
    ramSize: wish.memory === undefined ? board.ram.size : parseSize(wish.memory)!,
    gic: wish.gic ?? board.gic.versions[0]!,
  }
}

function complete(config: VmConfig, index: number, file: string, system: string): Vm {
  const from = (path: string) => resolve(dirname(file), path)
  const cores = config.cpu?.cores ?? config.cores
  const server = serverOf(config)
  const devices = config.devices ?? DEVICE_NAMES
  const slots = devices.flatMap((device, i): [VirtioDevice, number][] =>
    typeof device === 'object' ? [[device, i]] : [],
  )
  const vm: Vm = {
    index,
    name: config.name,
    cpus: config.cpus ?? cores?.length ?? 1,
    memory: parseSize(config.memory)!,
    ramBase: RAM_IPA,
    kernel: absolute(config.kernel, from),
    dtb: dtbOf(config.dtb, from),
    devices: devices.filter((device) => typeof device === 'string'),
    virtio: slots.map(([device, place]) => withPath(withCid(withMac(device, system, config.name, place), index), from)),
    places: slots.map(([, place]) => place),
    passthrough: config.passthrough ?? [],
    trustedDma: config.trustedDma ?? false,
    life: lifeOf(config),
    debug: config.debug ?? false,
    control: config.control ?? false,
  }
  if (vm.control) vm.virtio.push({ virtio: 'control' })
  if (cores) vm.cores = cores
  if (server) vm.server = server
  if (config.interrupts !== undefined) vm.interrupts = config.interrupts
  if (config.initrd) vm.initrd = typeof config.initrd === 'string' ? from(config.initrd) : config.initrd
  if (config.symbols !== undefined) vm.symbols = from(config.symbols)
  if (config.bootargs !== undefined) vm.bootargs = config.bootargs
  return vm
}

function withMac(device: VirtioDevice, system: string, vm: string, place: number): VirtioDevice {
  return isNet(device) ? { mac: derivedMac(system, vm, place), ...device } : device
}

function withPath(device: VirtioDevice, from: (path: string) => string): VirtioDevice {
  return device.virtio === 'block' && device.image !== undefined ? { ...device, image: from(device.image) } : device
}

function absolute(kernel: VmConfig['kernel'], from: (path: string) => string): KernelFile | KernelSource {
  if (typeof kernel === 'string') return { file: from(kernel) }
  if ('file' in kernel) return { ...kernel, file: from(kernel.file) }
  return kernel.source === 'assemblyscript' ? { ...kernel, entry: from(kernel.entry) } : kernel
}

function dtbOf(config: VmConfig['dtb'], from: (path: string) => string): Vm['dtb'] {
  if (config === false) return { generated: false }
  if (config === undefined || config === 'generated') return { generated: true }
  const dtb: Vm['dtb'] = { generated: config.file === undefined }
  if (config.file !== undefined) dtb.file = from(config.file)
  if (config.address !== undefined) dtb.address = config.address
  return dtb
}

function folderName(file: string): string {
  const name = basename(dirname(file))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
  return RESERVED_FOLDERS.includes(name) || !/[a-z0-9]/.test(name) ? `${name}-system` : name
}
