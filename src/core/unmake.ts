/** The end of a VM of run time: its CPUs forget its vCPUs one by one, and the last gives back what it had. */
import { CAUSE_DESTROY } from '../abi/control'
import { GONE_FROM, GONE_TO, STATE_ABSENT, STATE_LEAVING } from '../abi/life'
import * as hw from '../hw'
import { giveBack } from './arena'
import { Cpu } from './cpu'
import * as log from './log'
import { vmName } from './report-word'
import { move, stateOf } from './state'
import { releaseVcpus, Vcpu } from './vcpu'
import { nameOf, Vm, vmAt } from './vm'

/** WORK_UNLINK, on each of its CPUs. Its vCPUs rest, so that none of them has the CPU; whoever makes a VM puts its own in front of the
 * list under host.lock too, or could bring back what is taken out here. */
export function unlinkOwn(cpu: Cpu): void {
  let last: u32 = 0
  let before: usize = 0
  log.lockHost()
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    const vm = vmAt(vcpu.vm)
    if (stateOf(vm) !== STATE_LEAVING) {
      before = at
      continue
    }
    if (cpu.debugOwner === at) cpu.debugOwner = 0
    if (before) changetype<Vcpu>(before).next = vcpu.next
    else atomic.store<usize>(changetype<usize>(cpu), vcpu.next, offsetof<Cpu>('first'))
    if (atomic.sub<u32>(changetype<usize>(vm), 1, offsetof<Vm>('vcpus')) === 1) last |= 1 << vm.index
  }
  log.unlockHost()
  for (; last; last &= last - 1) free(vmAt(ctz(last)))
}

/** No CPU knows of it any more; until its state says so nobody makes another in its place. */
function free(vm: Vm): void {
  log.begin()
  vmName(vm)
  log.text(' is no more')
  log.end()
  // Whoever gets its VMID finds nothing of it in any TLB. DDI 0487, "TLB maintenance instructions".
  hw.tlbi_vm(vm.vttbr)
  log.lockHost()
  // Whoever hears of it may have the next VM made at once, by the same name: this comes first, as it names it, and all else with it.
  log.tell(vm.index, STATE_ABSENT, CAUSE_DESTROY)
  releaseVcpus(vm.firstVcpu, vm.vcpuCount)
  giveBack(vm.arenaPa, vm.arenaSize)
  vm.arenaSize = 0
  vm.vcpuCount = 0
  memory.fill(nameOf(vm), 0, 32)
  move(vm, GONE_FROM, GONE_TO)
  log.leave()
}
