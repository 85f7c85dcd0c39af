/** A VM before its first instruction: images checked, RAM scrubbed and filled, compartment as new. On its own first CPU. */
import { PAGE_SIZE, SLOT_SHIFT, VMM_SLOT } from '../abi/layout'
import * as hw from '../hw'
import { SHA256_WORK, sha256Matches } from '../lib/sha256'
import { directVa } from './address'
import { HASH_CRC32 } from './bundle'
import * as gic from './gic'
import { vmmInstantiate, vmmMemorySize } from './link'
import { gicVersion } from './machine'
import { reportBadImage, reportStart } from './report'
import { Power, Vcpu, vcpuAt } from './vcpu'
import { Load, loadAt, Stop, Vm, VmState } from './vm'
import * as vmm from './vmm'

/** The upper half of a vCPU's page holds no state while the vCPU is off. */
const SCRATCH: usize = 2048
if (SCRATCH + SHA256_WORK > 4096 || offsetof<Vcpu>() > SCRATCH) ERROR('sha256 has no room in the vCPU page')

/** False if an image is not what its hash says: the VM stays off, its RAM untouched. */
export function prepare(vm: Vm, vcpu: Vcpu): bool {
  const begin = hw.cntpct_el0()
  let bytes: u64 = 0
  for (let i: u32 = 0; i < vm.loadCount; i++) {
    const load = loadAt(vm, i)
    bytes += load.length
    if (!isIntact(load, changetype<usize>(vcpu) + SCRATCH)) {
      reportBadImage(vm, i)
      return false
    }
  }
  const checked = hw.cntpct_el0()
  hw.scrub(directVa(vm.ramPa), vm.ramSize)
  const scrubbed = hw.cntpct_el0()
  for (let i: u32 = 0; i < vm.loadCount; i++) {
    const load = loadAt(vm, i)
    hw.load(directVa(vm.ramPa + (load.ipa - vm.ramIpa)), directVa(load.pa), load.length)
  }
  hw.ic_ialluis()
  const copied = hw.cntpct_el0()
  resetRecords(vm, vcpu)
  resetCompartment(vm)
  reportStart(vm, bytes, checked - begin, scrubbed - checked, copied - scrubbed)
  vm.timeOffset = hw.cntpct_el0()
  return true
}

/** `work` is scratch memory of SHA256_WORK bytes that no other CPU uses. */
function isIntact(load: Load, work: usize): bool {
  const va = directVa(load.pa)
  if (load.hashKind == HASH_CRC32) return hw.crc32(va, load.length) == load.crc
  return sha256Matches(va, load.length, changetype<usize>(load) + offsetof<Load>('sha0'), work)
}

function resetCompartment(vm: Vm): void {
  const base = (<u64>(VMM_SLOT + vm.index)) << SLOT_SHIFT
  hw.scrub(base + PAGE_SIZE, <u64>vmmMemorySize() - PAGE_SIZE)
  vmmInstantiate(vm.index)
  vmm.init(vm.index, vm.vcpuCount, gicVersion, gic.listRegisters(), vm.devices)
}

function resetRecords(vm: Vm, vcpu: Vcpu): void {
  vm.lock = 0
  for (let i: u32 = 0; i < vm.vcpuCount; i++) vcpuAt(vm.firstVcpu + i).power = Power.Off
  vcpu.entry = vm.entry
  vcpu.context = vm.x0
  atomic.store<u32>(changetype<usize>(vm), 1, offsetof<Vm>('liveVcpus'))
  atomic.store<u32>(changetype<usize>(vm), Stop.None, offsetof<Vm>('stop'))
  atomic.store<u32>(changetype<usize>(vm), VmState.Running, offsetof<Vm>('state'))
}
