/** What core does for the watchdog and the heart-beat of the current VM's compartment: the other half of src/vmm/core.ts. */

import { HALT_HEARTBEAT, HALT_WATCHDOG } from '../abi/debug'
import { EXTENSION_CONTROL } from '../abi/extension'
import { EXPLAIN_LINES, HANG_WATCHDOG } from '../abi/life'
import { cpuAt, thisCpu, WORK_EXPLAIN } from './cpu'
import { holds } from './debug'
import { hasExtension } from './extension'
import { stopVm } from './life'
import { markReady } from './readiness'
import { reportHang } from './report-hang'
import { ask } from './request'
import { Power, powerOf, Vcpu, vcpuAt } from './vcpu'
import { pauseOf, Stop, stopOf, Vm, vmAt } from './vm'

/** The guest's first sign of life. */
export function vmAlive(): void {
  markReady(thisCpu(), vmAt(changetype<Vcpu>(thisCpu().vcpu).vm))
}

/** HANG_*: the VM ends as one that crashed, or halts for its debugger. Its other vCPUs say where they are before they leave their CPUs. */
export function vmHang(why: u32): void {
  const vcpu = changetype<Vcpu>(thisCpu().vcpu)
  const vm = vmAt(vcpu.vm)
  if (stopOf(vm) !== Stop.None || (vm.isDebugged && pauseOf(vm))) return // that has been said
  reportHang(vm, vcpu, why)
  if (hasExtension(EXTENSION_CONTROL)) explainOthers(vm, vcpu)
  const halt: u32 = why === HANG_WATCHDOG ? HALT_WATCHDOG : HALT_HEARTBEAT
  if (!vm.isDebugged || !holds(thisCpu(), vcpu, halt)) stopVm(thisCpu(), vm.index, Stop.Crash)
}

function explainOthers(vm: Vm, than: Vcpu): void {
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const vcpu = vcpuAt(vm.firstVcpu + i)
    if (vcpu === than || powerOf(vcpu) !== Power.On) continue
    atomic.store<u32>(changetype<usize>(vcpu), EXPLAIN_LINES, offsetof<Vcpu>('explain'))
    ask(thisCpu(), cpuAt(vcpu.cpu), WORK_EXPLAIN)
  }
}
