/** Faults at EL2: a VM's compartment takes down its VM, a service ends the call into it; core's own end everything, with a line that says
 * where. */
import { TRAP_MEMORY } from '../abi/compartment'
import { DTB_AT, MAX_VMS, SLOT_SHIFT, VMM_SLOT } from '../abi/layout'
import { EC, ec } from '../arch/esr'
import * as hw from '../hw'
import { release } from '../lib/lock'
import { Cpu, thisCpu, WORK_HALT } from './cpu'
import * as hostLife from './host-life'
import { stopVm } from './life'
import * as log from './log'
import { halt, NO_TREE, park, sleep, TREE_REMEDY } from './panic'
import { reportCompartmentFault } from './report-fault'
import { askOthers } from './request'
import { settle } from './schedule'
import { MODULE_SERVICE, noteFault, noteTrap, serviceAt, serviceAtVa, serviceOfModule } from './service'
import { trapName } from './trap'
import { Vcpu } from './vcpu'
import { Stop, vmAt } from './vm'
import { inWindow } from './window'

const MODULE_VMM: u32 = 1
const MODULE_NONE: u32 = 2

/** Faults that were told or begun to be. */
let panics: u32 = 0

/** An exception taken at EL2; the CPU's stack is empty again. */
export function onFault(esr: u64, pc: u64, far: u64, lr: u64): usize {
  const module = culprit(pc, far, lr)
  if (module === MODULE_VMM) return endVm(thisCpu(), TRAP_MEMORY, 0, 0, pc, far)
  // As long as nobody has a console, only the DTB is read, at an address that nobody could check.
  if (!hostLife.isUp() && inWindow(DTB_AT, far)) return park(NO_TREE, TREE_REMEDY)
  if (!beginPanic()) return sleep()
  log.text('exception at pc ')
  log.hex(pc)
  log.text(', lr ')
  log.hex(lr)
  log.text(', syndrome ')
  log.hex(esr)
  log.text(', address ')
  log.hex(far)
  log.end()
  return halt()
}

/** The other CPUs leave their guests; the line goes to host while that may work. False: even without host it was no use. */
function beginPanic(): bool {
  panics++
  log.breakHostLock()
  if (panics > 1) log.leaveHost()
  if (panics > 2) return false
  askOthers(thisCpu(), WORK_HALT)
  log.begin()
  log.text('panic: ')
  return true
}

/** An exception at EL2 while a service was called. True: it is the service's own, and its call fails. */
export function onServiceFault(esr: u64, pc: u64, far: u64, lr: u64): bool {
  // A system error tells nothing of whose it is.
  if (ec(esr) === EC.Serror) return false
  const service = serviceOfModule(culprit(pc, far, lr))
  if (service < 0) return false
  noteFault(serviceAt(service), pc, far)
  return true
}

/** A Wasm trap in a service: its call fails. */
export function onServiceTrap(module: u32, code: u32, file: u64, line: u32, pc: u64): void {
  noteTrap(serviceAt(serviceOfModule(module)), code, file, line, pc)
}

/** Which module's fault it is. Where nothing is to be fetched, as of an extension that is not there, the caller's. memcpy and its like
 * serve all of them: the window that they missed, else their caller, tells. */
function culprit(pc: u64, far: u64, lr: u64): u32 {
  if (pc === far) return hw.module_of(lr)
  const module = hw.module_of(pc)
  if (module !== MODULE_NONE) return module
  const service = serviceAtVa(far)
  if (service >= 0) return MODULE_SERVICE + service
  const slot = far >> SLOT_SHIFT
  return slot >= <u64>VMM_SLOT && slot < <u64>(VMM_SLOT + MAX_VMS) ? MODULE_VMM : hw.module_of(lr)
}

/** A Wasm trap; `file`, below src and without its ending, is a C string in rodata. */
export function onTrap(module: u32, code: u32, file: u64, line: u32, pc: u64): usize {
  if (module == MODULE_VMM) return endVm(thisCpu(), code, file, line, pc, 0)
  if (!beginPanic()) return sleep()
  log.text(trapName(code))
  log.text(' at src/')
  log.bytesAt(file, 80)
  log.text('.ts:')
  log.decimal(line)
  log.text(', pc ')
  log.hex(pc)
  log.end()
  return halt()
}

/** A vmm instance only runs where a vCPU of its VM is current, so that VM is the one. */
function endVm(cpu: Cpu, code: u32, file: u64, line: u32, pc: u64, far: u64): usize {
  const vcpu = changetype<Vcpu>(cpu.vcpu)
  const vm = vmAt(vcpu.vm)
  reportCompartmentFault(vm, vcpu, code, file, line, pc, far)
  if (vcpu.lock) release(vcpu.lock)
  stopVm(cpu, vcpu.vm, Stop.Crash)
  return settle(cpu)
}
