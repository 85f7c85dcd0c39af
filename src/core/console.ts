/** Between host's UART and the VMs: what was typed goes to the VM's own CPU, which alone may enter its compartment. */
import * as compartment from './compartment'
import { Cpu } from './cpu'
import * as host from './host'
import { lockHost, unlockHost } from './log'
import { remind } from './request'
import { DUE_CONSOLE, Vcpu, vcpuAt } from './vcpu'
import { Vm, VmState, vmAt, vmCount } from './vm'

const NOTHING: u32 = u32.MAX_VALUE

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
    remind(cpu, vcpuAt(vm.firstVcpu), DUE_CONSOLE)
  }
}

/** On the VM's own CPU: its typed bytes, as many as its UART takes, and the news that its output has room again. What it does
 * not take stays in host's ring until the compartment asks (`consoleReady`). */
export function feed(vcpu: Vcpu): void {
  for (let space = compartment.consoleSpace(vcpu); space; space--) {
    lockHost()
    const ch = host.nextInput(vcpu.vm)
    unlockHost()
    if (ch == NOTHING) break
    compartment.consoleInput(vcpu, ch)
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
