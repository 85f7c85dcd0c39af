/** The end of a VM of run time: the CPUs that know of it forget it one by one, and the last gives back what it had. */
import { CAUSE_DESTROY } from '../abi/control'
import { EXTENSION_NETWORK } from '../abi/extension'
import { GONE_FROM, GONE_TO, STATE_ABSENT, STATE_LEAVING } from '../abi/life'
import * as hw from '../hw'
import { giveBack } from './arena'
import { Cpu } from './cpu'
import { departPorts, freePorts } from './depart'
import { hasExtension } from './extension'
import * as log from './log'
import { vmName } from './report-word'
import { move, stateOf } from './state'
import { releaseVcpus, Vcpu } from './vcpu'
import { nameOf, Vm, vmAt, vmCount } from './vm'

/** WORK_UNLINK, on each CPU that knows of a VM that is to be unmade. Its vCPUs rest, so that none of them has the CPU; and what the CPU
 * was about to send it has sent, or it would not be here. Whoever makes a VM puts its own in front of the list under host.lock too, or
 * could bring back what is taken out here. */
export function unlinkOwn(cpu: Cpu): void {
  log.lockHost()
  const leaving = knownTo(cpu)
  log.unlockHost()
  // As long as this CPU knows of them, nobody frees them.
  if (hasExtension(EXTENSION_NETWORK)) departPorts(leaving)
  let last: u32 = 0
  log.lockHost()
  unlink(cpu, leaving)
  for (let left = leaving; left; left &= left - 1) if (forgets(cpu, vmAt(ctz(left)))) last |= left & (0 - left)
  log.unlockHost()
  for (; last; last &= last - 1) free(vmAt(ctz(last)))
}

/** VMs that are to be unmade and that it has not forgotten yet, a bit each. */
function knownTo(cpu: Cpu): u32 {
  let found: u32 = 0
  for (let i: u32 = 0; i < vmCount; i++) {
    const vm = vmAt(i)
    const cpus = atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('vcpus'))
    if (stateOf(vm) === STATE_LEAVING && (cpus >> cpu.index) & 1) found |= 1 << i
  }
  return found
}

function unlink(cpu: Cpu, leaving: u32): void {
  let before: usize = 0
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    if (!((leaving >> vcpu.vm) & 1)) {
      before = at
      continue
    }
    if (cpu.debugOwner === at) cpu.debugOwner = 0
    if (before) changetype<Vcpu>(before).next = vcpu.next
    else atomic.store<usize>(changetype<usize>(cpu), vcpu.next, offsetof<Cpu>('first'))
  }
}

/** True: it was the last that knew of it. */
function forgets(cpu: Cpu, vm: Vm): bool {
  const own: u32 = 1 << cpu.index
  return atomic.and<u32>(changetype<usize>(vm), ~own, offsetof<Vm>('vcpus')) === own
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
  if (vm.portCount) freePorts(vm)
  releaseVcpus(vm.firstVcpu, vm.vcpuCount)
  giveBack(vm.arenaPa, vm.arenaSize)
  vm.arenaSize = 0
  vm.vcpuCount = 0
  memory.fill(nameOf(vm), 0, 32)
  move(vm, GONE_FROM, GONE_TO)
  log.leave()
}
