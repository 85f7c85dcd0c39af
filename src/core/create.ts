/** A VM out of its bundle's words: pages for its records, RAM, stage-2 tables, a compartment. At boot, and for templates by
 * src/core/make.ts; returns what is wrong, or '' if nothing is. */

import { EXTENSION_DEBUG, EXTENSION_LIFE } from '../abi/extension'
import { GICC_IPA, GICC_SIZE, STOLEN_IPA } from '../abi/guest-machine'
import {
  BLOCK_SIZE,
  INSTANCE_BELOW,
  INSTANCE_RAM,
  PAGE_SHIFT,
  PAGE_SIZE,
  SLOT_SHIFT,
  VCPU_AT,
  VM_AT,
  VMM_SLOT,
} from '../abi/layout'
import { STATE_DEFINED } from '../abi/life'
import { ADDRESS } from '../arch/descriptor'
import { VIRTIO_BALLOON } from '../arch/virtio'
import * as hw from '../hw'
import { isEmpty } from '../lib/literal'
import { directVa } from './address'
import { NO_ALARM } from './alarm'
import { createBalloon, hasWholeBlocks } from './balloon'
import * as bundle from './bundle'
import { isListed, isTemplate } from './bundle'
import { readVm } from './bundle-vm'
import { createPorts } from './connect'
import { cpuAt } from './cpu'
import { readDebug } from './debug'
import { createDisk } from './disk'
import { hasExtension } from './extension'
import * as gic from './gic'
import { vmmMemorySize } from './link'
import { gicVersion } from './machine'
import { allocate, allocatePage, NO_MEMORY } from './pages'
import { assign } from './passthrough'
import { openCpu } from './secondary'
import { mapFresh } from './stage1'
import * as stage2 from './stage2'
import { noteTemplate } from './template'
import { claimVcpus, Vcpu, vcpuAt } from './vcpu'
import { diskAt, hasSlot, lockOf, Vm, vmAt } from './vm'
import * as watchdog from './watchdog'

const VMID_SHIFT: u64 = 48
/** A block of level 1. */
const LARGE_BLOCK_SIZE: u64 = 1 << 30

/** Pages that were mapped for windows of VMs and for vCPUs, a bit each: whoever comes later finds them. */
let windows: u32 = 0
let records: u32 = 0

/** Boot: VM `index` of the bundle, or an empty record where that has a template, or nothing. */
export function createVm(index: u32): string {
  if (!mapFresh(VM_AT + ((<u64>index) << PAGE_SHIFT), PAGE_SIZE)) return NO_MEMORY
  if (!isListed(index)) return ''
  vmAt(index).node = index
  if (isTemplate(index)) return hasExtension(EXTENSION_LIFE) ? noteTemplate(index) : bundle.NO_EXTENSION
  const problem = readVm(index, index)
  if (!isEmpty(problem)) return problem
  const vm = vmAt(index)
  if (vm.isCritical) watchdog.begin()
  const first = claimVcpus(vm.vcpuCount)
  if (first < 0) return 'the bundle has too many vCPUs'
  vm.firstVcpu = first
  const lack = furnish(vm)
  if (!isEmpty(lack)) return lack
  const refusal = vm.portCount ? createPorts(vm) : ''
  if (!isEmpty(refusal)) return refusal
  for (let i: u32 = 0; i < vm.vcpuCount; i++) link(vm, vcpuAt(vm.firstVcpu + i))
  vm.state = STATE_DEFINED
  return ''
}

/** Everything that a VM has beside its record and those of its vCPUs; no CPU knows of these. */
export function furnish(vm: Vm): string {
  const memory = mapMemory(vm)
  if (!isEmpty(memory)) return memory
  const base = (<u64>(VMM_SLOT + vm.index)) << SLOT_SHIFT
  if (!((windows >> vm.index) & 1)) {
    if (!mapFresh(base - INSTANCE_BELOW, PAGE_SIZE)) return NO_MEMORY
    if (!mapFresh(base + PAGE_SIZE, <u64>vmmMemorySize() - PAGE_SIZE)) return NO_MEMORY
    windows |= 1 << vm.index
  }
  grantRam(vm, base - INSTANCE_BELOW + INSTANCE_RAM)
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const problem = createVcpu(vm, i)
    if (!isEmpty(problem)) return problem
  }
  for (let i: u32 = 0; i < vm.diskCount; i++) {
    if (!createDisk(diskAt(vm, i))) return "the board's free RAM does not hold a VM's disks"
  }
  if (!mapStolen(vm)) return NO_MEMORY
  const devices = vm.hasDevices ? assign(vm) : ''
  if (!isEmpty(devices)) return devices
  if (hasExtension(EXTENSION_DEBUG) && !readDebug(vm)) return NO_MEMORY
  return ''
}

/** What boot/vmm-ram.h compares every access of the VM's compartment with. */
function grantRam(vm: Vm, at: u64): void {
  hw.store64(at, vm.ramIpa)
  hw.store64(at + 8, vm.ramSize)
  hw.store64(at + 16, directVa(vm.ramPa))
}

function mapMemory(vm: Vm): string {
  vm.ramPa = vm.isIdentity ? vm.ramIpa : allocateRam(vm.ramSize)
  if (!vm.ramPa) return "the board's free RAM does not hold a VM's memory in one piece"
  const hasBalloon = hasSlot(vm, VIRTIO_BALLOON)
  const root = stage2.create()
  if (!root || !stage2.mapRam(root, vm.ramIpa, vm.ramPa, vm.ramSize, hasBalloon ? 2 : 1)) return NO_MEMORY
  if (gicVersion == 2 && !stage2.mapDevice(root, GICC_IPA, gic.guestInterface(), GICC_SIZE)) return NO_MEMORY
  if (hasBalloon && !hasWholeBlocks(vm)) return 'a VM with a balloon has memory that is not a multiple of 2 MiB'
  if (hasBalloon && !createBalloon(vm)) return NO_MEMORY
  // VMID 0 is nobody's, so that a stale entry from before our time can belong to no VM.
  vm.vttbr = root | ((<u64>(vm.index + 1)) << VMID_SHIFT)
  return ''
}

/** Guests that share a CPU are told what it cost them. */
function mapStolen(vm: Vm): bool {
  let shares = false
  for (let i: u32 = 0; i < vm.vcpuCount; i++) if (vcpuAt(vm.firstVcpu + i).isShared) shares = true
  if (!shares) return true
  vm.stolenPa = allocatePage()
  const root = vm.vttbr & ADDRESS
  return vm.stolenPa !== 0 && stage2.mapReadOnly(root, STOLEN_IPA, vm.stolenPa, PAGE_SIZE)
}

/** Aligned to the largest block that it could fill, where the board has such a piece; for 2 MiB blocks it always has. */
function allocateRam(size: u64): u64 {
  const large = size >= LARGE_BLOCK_SIZE ? allocate(size, LARGE_BLOCK_SIZE) : 0
  return large ? large : allocate(size, size < <u64>BLOCK_SIZE ? PAGE_SIZE : BLOCK_SIZE)
}

function createVcpu(vm: Vm, i: u32): string {
  const core = bundle.coreOf(vm.index, i)
  if (core < 0) return 'a VM wants a core that the board lacks'
  if (!openCpu(core)) return NO_MEMORY
  const record = vm.firstVcpu + i
  const vcpu = vcpuAt(record)
  if ((records >> record) & 1) memory.fill(changetype<usize>(vcpu), 0, PAGE_SIZE)
  else if (!mapFresh(VCPU_AT + ((<u64>record) << PAGE_SHIFT), PAGE_SIZE)) return NO_MEMORY
  records |= 1 << record
  vcpu.vm = vm.index
  vcpu.index = i
  vcpu.cpu = core
  vcpu.alarmAt = NO_ALARM
  vcpu.lock = vm.vcpuCount > 1 ? lockOf(vm) : 0
  bundle.readServer(vm.index, vcpu)
  return ''
}

/** Its CPU has the vCPU from now on. Boot only. */
function link(vm: Vm, vcpu: Vcpu): void {
  const cpu = cpuAt(vcpu.cpu)
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    if (changetype<Vcpu>(at).vm === vm.index) changetype<Vcpu>(at).hasSibling = vcpu.hasSibling = 1
  }
  vcpu.next = cpu.first
  cpu.first = changetype<usize>(vcpu)
}
