/**
 * VMs of run time: made of a template as long as there are a place, RAM and cores for them, and unmade when they rest. One request at a
 * time, under host.lock; nothing is printed there. What a place took of core's own memory, records and a window, the next VM there finds.
 */

import { BLOCK_SIZE, BUNDLE_AT, PAGE_SHIFT, PAGE_SIZE, PORT_SHIFT } from '../abi/layout'
import {
  CONTROL_BAD_NAME,
  CONTROL_BAD_TEMPLATE,
  CONTROL_CRITICAL,
  CONTROL_DONE,
  CONTROL_FIXED,
  CONTROL_LACKS_CPU,
  CONTROL_NAME_TAKEN,
  CONTROL_NO_CORE,
  CONTROL_NO_MEMORY,
  CONTROL_NO_ROOM,
  CONTROL_UNKNOWN_TEMPLATE,
  CONTROL_WRONG_STATE,
  CREATE_FROM,
  CREATE_TO,
  DESTROY_FROM,
  DESTROY_TO,
  STATE_ABSENT,
} from '../abi/life'
import { VIRTIO_BALLOON } from '../arch/virtio'
import * as hw from '../hw'
import { isEmpty } from '../lib/literal'
import { admit } from './admit'
import { closeArena, giveBack, openArena, pagesOf } from './arena'
import { coreOf } from './bundle'
import { readVm } from './bundle-vm'
import { providePorts } from './connect'
import { Cpu, cpuAt, cpuCount, isOpened, thisCpu, WORK_UNLINK } from './cpu'
import { furnish } from './create'
import { freePorts } from './depart'
import { startOn } from './life'
import { bundlePa } from './machine'
import { freeBytes } from './pages'
import { ask } from './request'
import { wantsEntropy } from './seed'
import { move, stateOf } from './state'
import { isKnown, nameAt, seedPool } from './template'
import { claimVcpus, releaseVcpus, Vcpu, vcpuAt } from './vcpu'
import { diskAt, hasSlot, NAME_SIZE, nameOf, Vm, vmAt, vmCount } from './vm'
import { closeWindow, openWindow } from './window'

/** Beside the VM's piece: pages for its place, if that was never used before. */
const PLACE: u64 = 0x4_0000
const LARGE_BLOCK_SHIFT: u64 = 30
/** Tables of stage 2 beside one for each GiB: root, both ends of RAM, the GIC's pages, stolen time. */
const TABLES: u64 = 12
const DISK_ENTRY: u64 = 8

/** A VM of template `node`, by the name whose bytes `name0` to `name3` hold, the template's own if they are 0; it starts unless the
 * template says otherwise. CONTROL_*, and the VM's index from bit 8 on. */
export function makeVm(node: u32, name0: u64, name1: u64, name2: u64, name3: u64): u32 {
  if (!isKnown(node)) return CONTROL_UNKNOWN_TEMPLATE
  const index = freePlace()
  if (index < 0) return CONTROL_NO_ROOM
  const vm = vmAt(index)
  memory.fill(changetype<usize>(vm), 0, PAGE_SIZE)
  const name = nameOf(vm)
  store<u64>(name, name0)
  store<u64>(name, name1, 8)
  store<u64>(name, name2, 16)
  store<u64>(name, name3, 24)
  if (!name0) memory.copy(name, nameAt(node), NAME_SIZE)
  const wrong = checkName(name)
  const code = wrong ? wrong : fromBundle(vm, index, node)
  if (code) {
    store<u64>(name, 0) // nobody's again
    vm.vcpuCount = vm.portCount = 0
    return code
  }
  move(vm, CREATE_FROM, CREATE_TO)
  if (vm.isWanted) startOn(thisCpu(), vm)
  return CONTROL_DONE | (index << 8)
}

function freePlace(): i32 {
  for (let i: u32 = 0; i < vmCount; i++) if (stateOf(vmAt(i)) === STATE_ABSENT) return i
  return -1
}

/** Lower-case letters, digits and hyphens behind a letter, as in a config; and nobody has it. */
function checkName(name: usize): u32 {
  let length: usize = 0
  for (; length < NAME_SIZE; length++) {
    const ch: u32 = load<u8>(name + length)
    if (!ch) break
    const isLetter = ch - 0x61 < 26
    if (!isLetter && (!length || (ch - 0x30 >= 10 && ch !== 0x2d))) return CONTROL_BAD_NAME
  }
  if (!length || length === NAME_SIZE) return CONTROL_BAD_NAME
  memory.fill(name + length, 0, NAME_SIZE - length)
  for (let i: u32 = 0; i < vmCount; i++) {
    const other = nameOf(vmAt(i))
    if (other !== name && memory.compare(other, name, NAME_SIZE) === 0) return CONTROL_NAME_TAKEN
  }
  return 0
}

/** The bundle's tree is in core's window for as long as this takes. */
function fromBundle(vm: Vm, index: u32, node: u32): u32 {
  const kept0 = load<u64>(nameOf(vm))
  const kept1 = load<u64>(nameOf(vm), 8)
  const kept2 = load<u64>(nameOf(vm), 16)
  const kept3 = load<u64>(nameOf(vm), 24)
  if (!openWindow(BUNDLE_AT, bundlePa)) return CONTROL_NO_MEMORY
  const problem = readVm(index, node)
  store<u64>(nameOf(vm), kept0)
  store<u64>(nameOf(vm), kept1, 8)
  store<u64>(nameOf(vm), kept2, 16)
  store<u64>(nameOf(vm), kept3, 24)
  const code = isEmpty(problem) ? provide(vm) : CONTROL_BAD_TEMPLATE
  closeWindow(BUNDLE_AT)
  return code
}

/** RAM, cores and records, all of them or none. */
function provide(vm: Vm): u32 {
  // Devices of the board do not come and go yet: the tool refuses them in a template.
  if (vm.hasDevices || vm.isIdentity) return CONTROL_BAD_TEMPLATE
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const core = coreOf(vm.index, i)
    if (core < 0 || !isOnline(core)) return CONTROL_LACKS_CPU
  }
  const first = claimVcpus(vm.vcpuCount)
  if (first < 0) return CONTROL_NO_ROOM
  vm.firstVcpu = first
  vm.arenaSize = needOf(vm)
  vm.arenaPa = openArena(vm.arenaSize, vm.ramSize < <u64>BLOCK_SIZE ? PAGE_SIZE : BLOCK_SIZE)
  if (!vm.arenaPa) {
    releaseVcpus(first, vm.vcpuCount)
    return CONTROL_NO_MEMORY
  }
  const code = equip(vm)
  closeArena()
  if (code) {
    releaseVcpus(first, vm.vcpuCount)
    giveBack(vm.arenaPa, vm.arenaSize)
    return code
  }
  if (wantsEntropy(vm)) seedPool(vm)
  return CONTROL_DONE
}

/** Ports first: what else may lack comes back when the records and the piece do. */
function equip(vm: Vm): u32 {
  if (freeBytes() < PLACE + ((<u64>vm.portCount) << PORT_SHIFT)) return CONTROL_NO_MEMORY
  const refusal = vm.portCount ? providePorts(vm) : CONTROL_DONE
  if (refusal) return refusal
  const code = isEmpty(furnish(vm)) ? (share(vm) ? CONTROL_DONE : CONTROL_NO_CORE) : CONTROL_NO_MEMORY
  if (code && vm.portCount) freePorts(vm)
  return code
}

/** Bytes that `furnish` will allocate for the VM itself, at most. */
function needOf(vm: Vm): u64 {
  let need = vm.ramSize + ((TABLES + (vm.ramSize >> LARGE_BLOCK_SHIFT)) << PAGE_SHIFT)
  if (hasSlot(vm, VIRTIO_BALLOON)) need += (vm.ramSize / BLOCK_SIZE) << PAGE_SHIFT
  for (let i: u32 = 0; i < vm.diskCount; i++) {
    const disk = diskAt(vm, i)
    if (disk.poolCount) need += pagesOf((disk.size >> PAGE_SHIFT) * DISK_ENTRY) + (disk.poolCount << PAGE_SHIFT)
  }
  return need
}

/** The CPUs have the vCPUs from now on, if they can keep what that promises. A CPU may look at its list at any moment. */
function share(vm: Vm): bool {
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const vcpu = vcpuAt(vm.firstVcpu + i)
    const before = ownOn(vm, vcpu.cpu, i)
    vcpu.next = before ? before : cpuAt(vcpu.cpu).first
    if (before) vcpu.hasSibling = changetype<Vcpu>(before).hasSibling = 1
    if (!isEmpty(admit(changetype<usize>(vcpu)))) return false
  }
  hw.dsb_ish() // the records before the lists that name them
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const cpu = cpuAt(vcpuAt(vm.firstVcpu + i).cpu)
    atomic.store<usize>(changetype<usize>(cpu), changetype<usize>(vcpuAt(vm.firstVcpu + i)), offsetof<Cpu>('first'))
  }
  return true
}

/** The VM's last vCPU before `i` on that CPU, or 0. */
function ownOn(vm: Vm, cpu: u32, i: u32): usize {
  for (let j = i; j > 0; j--) {
    const vcpu = vcpuAt(vm.firstVcpu + j - 1)
    if (vcpu.cpu === cpu) return changetype<usize>(vcpu)
  }
  return 0
}

/** CONTROL_*: it has begun. Every CPU that knows of the VM forgets it, and the last frees everything (src/core/unmake.ts). */
export function unmakeVm(from: Cpu, vm: Vm, isForced: bool): u32 {
  if (!vm.arenaSize) return CONTROL_FIXED
  if (vm.isCritical && !isForced) return CONTROL_CRITICAL
  if (!move(vm, DESTROY_FROM, DESTROY_TO)) return CONTROL_WRONG_STATE
  const cpus = knowing(vm)
  atomic.store<u32>(changetype<usize>(vm), cpus, offsetof<Vm>('vcpus'))
  for (let left = cpus; left; left &= left - 1) ask(from, cpuAt(ctz(left)), WORK_UNLINK)
  return CONTROL_DONE
}

/** A bit for each CPU that has its vCPUs; if it has ports, for each that may be about to send there. */
function knowing(vm: Vm): u32 {
  let cpus: u32 = 0
  for (let i: u32 = 0; i < vm.vcpuCount; i++) cpus |= 1 << vcpuAt(vm.firstVcpu + i).cpu
  for (let i: u32 = 0; vm.portCount && i < cpuCount; i++) if (isOpened(i) && isOnline(i)) cpus |= 1 << i
  return cpus
}

function isOnline(cpu: u32): bool {
  return atomic.load<u32>(changetype<usize>(cpuAt(cpu)), offsetof<Cpu>('online')) !== 0
}
