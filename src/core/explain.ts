/** `explain`: why a VM does what it does. Each CPU says it of its own vCPUs; who asks only asks, and does not wait. */
import { EXPLAIN_RECORDS } from '../abi/life'
import { Cpu, cpuAt, thisCpu, WORK_EXPLAIN } from './cpu'
import * as log from './log'
import { sayHistory } from './report-history'
import { recordState } from './report-record'
import { ask } from './request'
import { Vcpu, vcpuAt } from './vcpu'
import { describe } from './vcpu-state'
import { NAME_SIZE, nameOf, vmAt, vmCount } from './vm'

/** Under host.lock. */
export function explain(index: u32, form: u32): void {
  if (index >= vmCount) return
  const vm = vmAt(index)
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const vcpu = vcpuAt(vm.firstVcpu + i)
    atomic.store<u32>(changetype<usize>(vcpu), form, offsetof<Vcpu>('explain'))
    ask(thisCpu(), cpuAt(vcpu.cpu), WORK_EXPLAIN)
  }
}

/** Of those of the CPU's vCPUs that were asked about. */
export function explainOwn(cpu: Cpu): void {
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    const form = atomic.xchg<u32>(at, 0, offsetof<Vcpu>('explain'))
    if (!form) continue
    if (form === EXPLAIN_RECORDS) {
      recordState(cpu, vcpu)
      continue
    }
    log.begin()
    log.bytes(nameOf(vmAt(vcpu.vm)), NAME_SIZE)
    log.text(': vCPU ')
    log.decimal(vcpu.index)
    log.text(' on CPU ')
    log.decimal(cpu.index)
    log.text(': ')
    describe(cpu, vcpu)
    if (vmAt(vcpu.vm).pagesOut) {
      log.text('; ')
      log.decimal(vmAt(vcpu.vm).pagesOut * 4)
      log.text(' KiB of its RAM given back')
    }
    log.end()
    sayHistory(vcpu)
  }
}
