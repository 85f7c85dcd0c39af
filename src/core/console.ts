/** Between host's UART and the VMs: what was typed goes to the VM's own CPU, which alone may enter its compartment. */
import * as compartment from './compartment'
import { Cpu, cpuAt, WORK_CONSOLE } from './cpu'
import * as host from './host'
import { lockHost, unlockHost } from './log'
import { ask } from './request'
import { Vcpu, vcpuAt } from './vcpu'
import { Vm, VmState, vmAt, vmCount } from './vm'

const NOTHING: u32 = u32.MAX_VALUE
/** Bytes that one visit moves: bounds the time that a flood of typing takes from a guest. */
const BATCH: u32 = 64

/** The UART interrupted: host moves bytes, then the VMs concerned are told. */
export function serveUart(cpu: Cpu): void {
  lockHost()
  host.uartInterrupt()
  const concerned = host.inputPending() | host.roomPending()
  unlockHost()
  tell(cpu, concerned)
}

function tell(cpu: Cpu, vms: u32): void {
  for (let i: u32 = 0; i < vmCount; i++) {
    if (!(vms & (1 << i))) continue
    const vm = vmAt(i)
    if (atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('state')) != VmState.Running) continue
    ask(cpu, cpuAt(vcpuAt(vm.firstVcpu).cpu), WORK_CONSOLE)
  }
}

/** On the VM's own CPU: its typed bytes, and the news that its output has room again. */
export function feed(vcpu: Vcpu): void {
  for (let i: u32 = 0; i < BATCH; i++) {
    lockHost()
    const ch = host.nextInput(vcpu.vm)
    unlockHost()
    if (ch == NOTHING) break
    if (!compartment.consoleInput(vcpu, ch)) break
  }
  compartment.consoleRoom(vcpu)
}

/** One byte of output; false if the VM's ring is full. */
export function put(vm: u32, ch: u32): bool {
  lockHost()
  const taken = host.put(vm, ch) != 0
  unlockHost()
  return taken
}
