/** What a `bulkhead.config.ts` imports: `defineSystem` and the builders. */
import type { GicVersion } from './board.ts'
import type { DeviceName, VirtioDevice } from './device.ts'
import type { DiskConfig } from './disk.ts'
import type { NetworkConfig } from './network.ts'
import type { SharedMemoryConfig } from './shared-memory.ts'
import type { InitrdSource, KernelSource } from './source.ts'

export { virtio } from './device.ts'
export { assemblyscript, debian } from './source.ts'

export interface SystemConfig {
  /** Names the output folder `build/<name>`; by default the name of the config's folder. */
  name?: string
  /** The machine that this system runs on: a file in `board/`. */
  board: string | BoardConfig
  /** How the hypervisor checks each image at boot: `crc32` (default) finds damage, `sha256` costs more. */
  hash?: 'crc32' | 'sha256'
  /**
   * Whether programs may steer the VMs over the console's line, and people at its `Ctrl-]` `:` prompt: `true` by default.
   * doc/control.md
   */
  control?: boolean | ControlConfig
  /** Whether `bulkhead trace` may follow what every core does: `false` by default. Costs nothing while nobody does. */
  trace?: boolean
  /** By their names: `{ lan: {} }`. VMs join them with `virtio.net({ network: 'lan' })`. */
  networks?: Record<string, NetworkConfig>
  /** By their names: `{ ring: { vms: ['one', 'two'], output: '64K' } }`. doc/shared-memory.md */
  sharedMemory?: Record<string, SharedMemoryConfig>
  /** The board's disks when QEMU plays it: `{ main: { file: 'disk.img' } }`. VMs have them by `virtio.block({ disk: 'main' })`. */
  disks?: Record<string, DiskConfig>
  /** On a card that holds an older system too: what this one must do before a reset boots it again. doc/why/two-slots.md */
  confirm?: ConfirmConfig
  vms: VmConfig[]
}

export interface ControlConfig {
  /** A UART of the board for this alone, by its name in `board/`; by default the console's. */
  uart?: string
  /**
   * A file of 64 hexadecimal digits, or of 32 bytes: whoever steers the board over its serial line must have it. `openssl rand -hex 32`
   * writes one.
   */
  key?: string
}

export interface ConfirmConfig {
  /** Each critical VM has run for this long without a restart: `'30s'`; 1 s to an hour. */
  after: string
  /** Otherwise the board boots the older system; by default two minutes later than it could have been. */
  within?: string
}

/** For boards that come in several sizes, such as `qemu-virt`. */
export interface BoardConfig {
  name: string
  /** Cores; by default the board's usual number. */
  cpus?: number
  /** RAM: `'2G'` or bytes. */
  memory?: string | number
  gic?: GicVersion
}

export interface VmConfig {
  /** Up to 31 of a-z, 0-9 and `-`; stands before each line of the VM's console. */
  name: string
  /** vCPUs, each on a core of its own unless `share` or `cpu` says otherwise; 1 by default. */
  cpus?: number
  /** The cores for the vCPUs in order; by default the lowest that nobody names. */
  cores?: number[]
  /**
   * Each vCPU shares its core and gets this many percent of it in every 10 ms, and its part of what nobody claims. It needs
   * `cores`, which may name a core twice: then two vCPUs have this share of it each.
   */
  share?: number
  /** The same in time: for VMs with deadlines of their own. */
  cpu?: CpuConfig
  /** RAM from guest address 0x4000_0000: `'256M'` or bytes, a multiple of 4 KiB. */
  memory: string | number
  /** An arm64 Image, compressed or not, an ELF file, a flat binary with its addresses, or a builder such as `debian.kernel()`, `debian.uboot()`. */
  kernel: string | KernelFile | KernelSource
  initrd?: string | InitrdSource
  /** The kernel's System.map or an ELF file, to name addresses in reports; by default the kernel itself where that is an ELF file. */
  symbols?: string
  /** The kernel's command line, by way of the generated DTB. */
  bootargs?: string
  /** `'generated'` (default); a DTB file of your own; an address for the generated one; `false` for none. */
  dtb?: 'generated' | false | { file?: string; address?: number }
  /** `'uart'` and `'rtc'` by default; `virtio.console()` and its like beside them. */
  devices?: (DeviceName | VirtioDevice)[]
  /** Devices of the board that this VM alone has, by the names in `board/`: `['uart3', 'genet']`. */
  passthrough?: string[]
  /** For devices that read and write memory by themselves: its guest can then read and change everything, this VM's limits too. */
  trustedDma?: boolean
  /** Interrupts of its para-virtual devices in a second, at most; by default as many as there are. */
  interrupts?: number
  /** When the VM crashes: by default it starts again. `{ start: 'fallback' }`: it rests, and that VM starts. */
  onCrash?: Reaction
  /** When its guest resets it: by default it starts again. */
  onReboot?: Reaction
  /** When its guest powers it off: by default it rests. */
  onShutdown?: Reaction
  /** How often it starts again by itself, and how soon. */
  restarts?: RestartsConfig
  /** The board resets when this VM has ended for good: by default `false`. */
  critical?: boolean
  /**
   * No VM but what VMs are made of while the board runs: `bulkhead create worker`. It needs `cores`, or a `cpu`. doc/config.md
   */
  template?: boolean
  /** Whether a debugger may have it, by `bulkhead gdb`: by default `false`. Whoever reaches the control protocol then reads and changes it. */
  debug?: boolean
  /**
   * Whether it may steer the board: by default `false`. It gets one more virtio console, over which it speaks the control protocol. One
   * VM at most. doc/control.md
   */
  control?: boolean
  /** Whether boot starts it: by default `true`. Otherwise an operator does, or another VM's `{ start }`. */
  autostart?: boolean
  /**
   * VMs that boot starts first: this one waits until each of them has begun to run, or, with `ready: true`, has given a sign of life,
   * but not longer than `within`, `'60s'` by default.
   */
  after?: (string | TurnConfig)[]
  /** An SP805, which Linux and others drive; one that nobody reloads ends the VM as a crash. */
  watchdog?: boolean
  /** Ends the VM as a crash when its guest neither reloads its watchdog nor calls for so long. */
  heartbeat?: HeartbeatConfig
}

/** Each vCPU gets `budget` in every `period` that it wants it in; `'500us'`, `'2ms'`. doc/why/admission.md says what fits. */
export interface CpuConfig {
  /** The cores for the vCPUs in order, each alone or shared with other VMs that have a `cpu` or `share`. */
  cores: number[]
  /** At least 50 us. */
  budget: string
  /** 100 us to 1 s. */
  period: string
  /** 0 (default) to 255: the larger goes first; among equals who is due first. */
  priority?: number
  /** Whether it may also use time that nobody claims; by default not. */
  spare?: boolean
}

export interface KernelFile {
  file: string
  /** Guest-physical address of a flat binary's first byte. */
  load?: number
  /** Guest-physical address of the first instruction; `load` by default. */
  entry?: number
}

export interface TurnConfig {
  vm: string
  ready?: boolean
  /** Such as `'10s'`; then it starts all the same. */
  within?: string
}

export interface HeartbeatConfig {
  /** The time between two signs of life at most, such as `'200ms'`; by the VM's own clock. */
  within: string
  /** From the VM's start to its first sign: `'60s'` by default, or `within` if that is more. */
  first?: string
}

/** How the board answers a VM's end. */
export type Reaction = 'restart' | 'stop' | 'reboot-board' | { start: string }

export interface RestartsConfig {
  /** Restarts in a row: 5 by default, Infinity for no limit. A VM that ran for a minute begins to count anew. */
  limit?: number
  /** The wait before the first, such as `'100ms'`; each further one in a row waits twice as long. None by default. */
  backoff?: string
  /** What happens instead, once they are used up: `'stop'` by default. */
  onLimit?: Exclude<Reaction, 'restart'>
}

export function defineSystem(config: SystemConfig): SystemConfig {
  return config
}
