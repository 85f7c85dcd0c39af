/** A virtual machine's record: one page; what the bundle says of it, and how far its life has come. */
import { VIRTIO_SLOTS } from '../abi/guest-machine'
import { DIRECT_VA, MAX_VMS, PAGE_SHIFT, VM_AT } from '../abi/layout'
import { MAX_SETTINGS } from '../abi/setting'
import { LOCK_SIZE } from '../lib/lock'
import { Disk, Load } from './vm-part'

export const MAX_LOADS = 16
export const MAX_DISKS = 8
export const NAME_SIZE: u32 = 32

/** Why the VM ends; the first reason counts. */
export enum Stop {
  None,
  /** Its guest powered it off, or reset it. */
  Off,
  Reset,
  Crash,
  /** An image is not what its hash says, or a CPU did not come: that has been said. */
  Refused,
  /** An operator stopped or restarted it. */
  Asked,
  Again,
}

@unmanaged
export class Vm {
  index: u32
  /** Its place in the bundle; several VMs may be of one template. */
  node: u32
  /** STATE_*; atomic, and moved by src/core/state.ts alone. */
  state: u32
  vcpuCount: u32
  /** Its vCPUs are firstVcpu to firstVcpu + vcpuCount - 1. */
  firstVcpu: u32
  ramPa: u64
  ramIpa: u64
  ramSize: u64
  /** VTTBR_EL2: root of its stage-2 tables, VMID in bits 63:48. */
  vttbr: u64
  /** src/core/balloon.ts: tables in reserve, 0 without a balloon; the next that was never used; the first of those that are free
   * again: each begins with the next one's. Pages that are out of the VM's reach. */
  tablesPa: u64
  tablesFresh: u64
  tablesFree: u64
  pagesOut: u64
  /** Pages that an operator wants in the balloon, plus 1; 0: what the config says. Atomic. */
  balloonWish: u32
  /** Columns of the terminal at its console, and rows from bit 16 on; 0: nobody said. Atomic. */
  consoleSize: u32
  /** Which of its console's ports has the keyboard. Atomic. */
  consolePort: u32
  /** Its config allows a debugger. Boot only. */
  isDebuggable: u32
  /** The page of its vCPUs' stolen time, 0 if none of them shares its CPU. */
  stolenPa: u64
  /** CNTVOFF_EL2: the physical count at which its own clock read 0. */
  timeOffset: u64
  entry: u64
  x0: u64
  devices: u32
  /** REACT_*: its answer to a crash, to its guest's reset and power-off, and to a crash or reset once its restarts are used up. */
  onCrash: u32
  onReset: u32
  onOff: u32
  onLimit: u32
  /** Restarts in a row that are allowed, 0: any number; and those so far. */
  restartLimit: u32
  restartCount: u32
  /** Index of the vCPU whose fault was reported last. */
  culprit: u32
  /** Ticks before the first restart in a row; each further one waits twice as long. */
  backoff: u64
  /** Physical count before which it does not begin. Atomic. */
  notBefore: u64
  /** VMs of `after` whose first sign of life it waits for as well, for so many milliseconds at most: src/core/readiness.ts. */
  awaits: u32
  patience: u32
  /** 1: boot starts it, once those VMs of `after` (a bitmap) have begun. */
  isWanted: u32
  after: u32
  /** 1 once it has begun for the first time. Atomic. */
  hasBegun: u32
  /** 1 once its guest gave a sign of life in its present life. Atomic. */
  isReady: u32
  loadCount: u32
  diskCount: u32
  /** It has devices of the board: src/core/passthrough.ts. Boot only. */
  hasDevices: u32
  /** The board resets when it has ended: src/core/watchdog.ts. Boot only. */
  isCritical: u32
  /** It has a debugger: written while it rests or halts. Beside it, read as one with it, a bit for each vCPU that owns its CPU's debug registers:
   * src/core/breakpoint.ts, atomic. */
  isDebugged: u32
  owners: u32
  /** The index plus 1 of the vCPU that steps while the others stand still; 0: none. */
  stepper: u32
  /** Its RAM is where its guest believes it is, for devices that read and write it by themselves. Boot only. */
  isIdentity: u32
  settingCount: u32
  /** Its ports are firstPort to firstPort + portCount - 1, in the order of its network and socket devices. */
  firstPort: u32
  portCount: u32
  /** Memories that it shares: src/core/shared-memory.ts. Boot only. */
  sharedCount: u32
  /** Bytes that its disks gave and took since the board started; under its lock. */
  diskRead: u64
  diskWritten: u64
  /** How far `prepare` has come: stage, image, bytes of it, its CRC so far; and the ticks that each stage took. */
  stage: u32
  stageLoad: u32
  stageHash: u32
  stageDone: u64
  checkTicks: u64
  scrubTicks: u64
  copyTicks: u64
  /** LIVE for each vCPU that is on or starting: who takes the last settles the VM's end. PRESENT for each of them that has not
   * left its CPU for the pause under way: who takes the last makes the VM paused. Atomic, both at once. Of one that is to be unmade
   * a bit for each CPU that knows of it. */
  vcpus: u32
  /** Stop; set once by whoever ends the VM. Atomic. */
  stop: u32
  /** The pause that was asked for, 0: none; no two have the same number. Atomic. */
  pause: u32
  pauses: u32
  /** Physical count at which its clock stands, while it is paused. */
  pausedAt: u64
  /** Of a VM that was made at run time, all the RAM that it has: src/core/arena.ts. */
  arenaPa: u64
  arenaSize: u64
  /** A CPU that it needs did not start, or a disk is not there. Boot only. */
  lacksPart: u32
  /** Ticket lock of the VM's compartment, for VMs with several vCPUs. */
  lock: u64
  /** SHA-256's chaining value: what the VM's random numbers are drawn from. */
  pool0: u64
  pool1: u64
  pool2: u64
  pool3: u64
  /** Virtio device types, a byte for each slot. */
  virtio0: u64
  virtio1: u64
  virtio2: u64
  virtio3: u64
  name0: u64
  name1: u64
  name2: u64
  name3: u64
}

const DISKS_AT: usize = offsetof<Vm>() + MAX_LOADS * offsetof<Load>()
const SETTINGS_AT: usize = DISKS_AT + MAX_DISKS * offsetof<Disk>()

if (LOCK_SIZE != 8) ERROR('Vm.lock is 8 bytes')
if (SETTINGS_AT + MAX_SETTINGS * 8 > 4096) ERROR('a VM no longer fits its page')

/** VMs in the bundle. Boot only. */
export let vmCount: u32 = 0

export function setVmCount(count: u32): void {
  vmCount = count
}

export function vmAt(index: u32): Vm {
  return changetype<Vm>(VM_AT + ((<usize>index) << PAGE_SHIFT))
}

export function loadAt(vm: Vm, index: u32): Load {
  return changetype<Load>(changetype<usize>(vm) + offsetof<Vm>() + <usize>index * offsetof<Load>())
}

export function diskAt(vm: Vm, index: u32): Disk {
  return changetype<Disk>(changetype<usize>(vm) + DISKS_AT + <usize>index * offsetof<Disk>())
}

/** One of `settingCount`: src/abi/setting.ts. */
export function settingAt(vm: Vm, index: u32): usize {
  return changetype<usize>(vm) + SETTINGS_AT + ((<usize>index) << 3)
}

export function nameOf(vm: Vm): usize {
  return changetype<usize>(vm) + offsetof<Vm>('name0')
}

/** Where the types of its virtio devices stand, VIRTIO_SLOTS bytes. */
export function slotsOf(vm: Vm): usize {
  return changetype<usize>(vm) + offsetof<Vm>('virtio0')
}

/** Whether one of them is of `type`. */
export function hasSlot(vm: Vm, type: u32): bool {
  for (let i: u32 = 0; i < <u32>VIRTIO_SLOTS; i++) if (load<u8>(slotsOf(vm) + i) == type) return true
  return false
}

export function poolOf(vm: Vm): usize {
  return changetype<usize>(vm) + offsetof<Vm>('pool0')
}

export const LIVE: u32 = 1
export const PRESENT: u32 = 1 << 16

export function liveIn(vcpus: u32): u32 {
  return vcpus & (PRESENT - 1)
}

export function presentIn(vcpus: u32): u32 {
  return vcpus / PRESENT
}

export function stopOf(vm: Vm): u32 {
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('stop'))
}

export function pauseOf(vm: Vm): u32 {
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('pause'))
}

export function lockOf(vm: Vm): usize {
  return changetype<usize>(vm) + offsetof<Vm>('lock')
}

/** Whether `[ipa, ipa + size)` lies in the VM's RAM. */
export function ramHolds(vm: Vm, ipa: u64, size: u64): bool {
  const offset = ipa - vm.ramIpa
  return offset < vm.ramSize && size <= vm.ramSize - offset
}

/** Where EL2 sees the VM's RAM at `ipa`, of which `ramHolds` says that it is RAM. */
export function ramVa(vm: Vm, ipa: u64): u64 {
  return DIRECT_VA + vm.ramPa + (ipa - vm.ramIpa)
}

if (MAX_VMS > 32) ERROR('bitmaps of VMs are u32')

/** Not 0: it has a debugger, or vCPUs with debug registers of their own. */
export function debuggersOf(vm: Vm): u64 {
  return load<u64>(changetype<usize>(vm), offsetof<Vm>('isDebugged'))
}
if (offsetof<Vm>('isDebugged') & 7 || offsetof<Vm>('owners') != offsetof<Vm>('isDebugged') + 4)
  ERROR('Vm: isDebugged and owners are read as one')
