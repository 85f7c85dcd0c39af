/** A VM before its first instruction: images checked, RAM scrubbed and filled, compartment as new. On its own first vCPU's CPU
 * and in that vCPU's time, in pieces, so that interrupts and neighbours on the same CPU wait for one piece at most. */
import { LITERALS_VMM } from '../abi/extension'
import { VIRTIO_SLOTS } from '../abi/guest-machine'
import { PAGE_SIZE, SLOT_SHIFT, VMM_SLOT } from '../abi/layout'
import { READY_FROM, READY_TO } from '../abi/life'
import { SETTING_KEY_SHIFT, SETTING_OF_VM, SETTING_SHARED, SETTING_SLOT_SHIFT } from '../abi/setting'
import * as hw from '../hw'
import { SHA256_BLOCK, SHA256_WORK, sha256Begin, sha256Update } from '../lib/sha256'
import { directVa } from './address'
import { NO_ALARM } from './alarm'
import { restoreAll } from './balloon'
import { HASH_CRC32 } from './bundle-image'
import { layLiterals } from './extension'
import * as gic from './gic'
import { matches } from './integrity'
import { vmmInstantiate, vmmMemorySize } from './link'
import { gicVersion } from './machine'
import * as passthrough from './passthrough'
import { reportBadImage, reportStart } from './report'
import { plantSeeds } from './seed'
import { move } from './state'
import { SCRATCH_AT, Vcpu, vcpuAt } from './vcpu'
import { loadAt, ramVa, settingAt, slotsOf, Vm } from './vm'
import * as vmm from './vmm'

export const enum Prepared {
  Partly,
  Wholly,
  Failed,
}

const enum Stage {
  Check,
  Scrub,
  Copy,
  Finish,
}

/** Bytes between two looks at pending interrupts: some 15,000 instructions of the slowest stage. */
const PIECE: u64 = 0x1_0000
const SHARED_OF_VM: u64 = ((<u64>SETTING_OF_VM) << SETTING_SLOT_SHIFT) | ((<u64>SETTING_SHARED) << SETTING_KEY_SHIFT)
/** ISR_EL1.I. */
const IRQ_PENDING: u64 = 1 << 7

if (SCRATCH_AT + SHA256_WORK > <usize>PAGE_SIZE) ERROR('sha256 has no room in the vCPU page')

/** Goes on until the VM is ready, an interrupt waits, or an image is not what its hash says: then its RAM is untouched. */
export function prepare(vm: Vm, vcpu: Vcpu): Prepared {
  do {
    const begin = hw.cntpct_el0()
    if (!vm.loadCount && vm.stage === Stage.Check) vm.stage = Stage.Scrub
    const stage = vm.stage
    if (stage === Stage.Check) {
      if (!check(vm, changetype<usize>(vcpu) + SCRATCH_AT)) return fail(vm)
    } else if (stage === Stage.Scrub) scrub(vm)
    else if (stage === Stage.Copy) copy(vm)
    else {
      finish(vm, vcpu)
      return Prepared.Wholly
    }
    addTicks(vm, stage, hw.cntpct_el0() - begin)
  } while (!(hw.isr_el1() & IRQ_PENDING))
  return Prepared.Partly
}

function fail(vm: Vm): Prepared {
  reportBadImage(vm, vm.stageLoad)
  return Prepared.Failed
}

/** One piece of one image. False: it is complete, and wrong. */
function check(vm: Vm, work: usize): bool {
  const load = loadAt(vm, vm.stageLoad)
  const length = piece(vm, load.length)
  const va = directVa(load.pa + vm.stageDone)
  const isLast = vm.stageDone + length === load.length
  if (vm.stageDone === 0) {
    vm.stageHash = 0
    sha256Begin(work)
  }
  if (load.hashKind === HASH_CRC32) vm.stageHash = hw.crc32(va, length, vm.stageHash)
  else sha256Update(work, va, length & ~(SHA256_BLOCK - 1))
  if (isLast && !matches(load, vm.stageHash, work)) return false
  advance(vm, length, load.length, Stage.Scrub)
  return true
}

function scrub(vm: Vm): void {
  const length = piece(vm, vm.ramSize)
  hw.scrub(ramVa(vm, vm.ramIpa + vm.stageDone), length)
  vm.stageDone += length
  if (vm.stageDone < vm.ramSize) return
  vm.stageDone = 0
  vm.stageLoad = 0
  vm.stage = vm.loadCount ? Stage.Copy : Stage.Finish
}

function copy(vm: Vm): void {
  const load = loadAt(vm, vm.stageLoad)
  if (load.isDisk) {
    advance(vm, load.length, load.length, Stage.Finish)
    return
  }
  const length = piece(vm, load.length)
  hw.load(ramVa(vm, load.ipa + vm.stageDone), directVa(load.pa + vm.stageDone), length)
  advance(vm, length, load.length, Stage.Finish)
}

function piece(vm: Vm, whole: u64): u64 {
  return min(PIECE, whole - vm.stageDone)
}

/** On to the next piece, the next image, or the next stage. */
function advance(vm: Vm, length: u64, whole: u64, next: u32): void {
  vm.stageDone += length
  if (vm.stageDone < whole) return
  vm.stageDone = 0
  vm.stageLoad++
  if (vm.stageLoad < vm.loadCount) return
  vm.stageLoad = 0
  vm.stage = next
}

function addTicks(vm: Vm, stage: u32, ticks: u64): void {
  if (stage === Stage.Check) vm.checkTicks += ticks
  else if (stage === Stage.Scrub) vm.scrubTicks += ticks
  else vm.copyTicks += ticks
}

function finish(vm: Vm, vcpu: Vcpu): void {
  for (let i: u32 = 0; i < vm.loadCount; i++) plantSeeds(vm, loadAt(vm, i))
  hw.ic_ialluis()
  if (vm.tablesPa) restoreAll(vm)
  reportStart(vm)
  resetRecords(vm, vcpu)
  if (!move(vm, READY_FROM, READY_TO)) return // it was stopped meanwhile
  resetCompartment(vm)
  vm.timeOffset = hw.cntpct_el0()
}

function resetCompartment(vm: Vm): void {
  const base = (<u64>(VMM_SLOT + vm.index)) << SLOT_SHIFT
  hw.scrub(base + PAGE_SIZE, <u64>vmmMemorySize() - PAGE_SIZE)
  vmmInstantiate(vm.index)
  layLiterals(LITERALS_VMM, base)
  for (let slot: u32 = 0; slot < <u32>VIRTIO_SLOTS; slot++) {
    const type: u32 = load<u8>(slotsOf(vm) + slot)
    if (type) vmm.plug(vm.index, slot, type)
  }
  vmm.init(vm.index, vm.vcpuCount, gicVersion, gic.listRegisters(), vm.devices)
  if (vm.sharedCount) vmm.configure(vm.index, SHARED_OF_VM | <u64>vm.sharedCount)
  for (let i: u32 = 0; i < vm.settingCount; i++) vmm.configure(vm.index, load<u64>(settingAt(vm, i)))
  if (vm.hasDevices) passthrough.attach(vm)
}

/** Before the VM counts as running and its compartment starts: a fault in that must find a VM that can be stopped. */
function resetRecords(vm: Vm, vcpu: Vcpu): void {
  vm.lock = 0
  atomic.store<u32>(changetype<usize>(vm), 0, offsetof<Vm>('isReady'))
  for (let i: u32 = 0; i < vm.vcpuCount; i++) forget(vcpuAt(vm.firstVcpu + i))
  vcpu.entry = vm.entry
  vcpu.context = vm.x0
  vcpu.fresh = 1
}

function forget(vcpu: Vcpu): void {
  atomic.store<u32>(changetype<usize>(vcpu), 0, offsetof<Vcpu>('due'))
  vcpu.alarmAt = NO_ALARM
  vcpu.ran = vcpu.stolen = 0
  vcpu.hypercalls = vcpu.exits = vcpu.interrupts = vcpu.traps = vcpu.longest = 0
}
