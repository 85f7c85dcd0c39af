/** Between host's UART and the VMs: what was typed goes to the VM's own CPU, which alone may enter its compartment. */
import * as compartment from './compartment'
import { Cpu, thisCpu, WORK_CONSOLE } from './cpu'
import * as host from './host'
import { lockHost, unlockHost } from './log'
import { ask, remind } from './request'
import { DUE_CONSOLE, Vcpu, vcpuAt } from './vcpu'
import { Vm, VmState, vmAt, vmCount } from './vm'

const NOTHING: u32 = u32.MAX_VALUE

/** The CPU that takes the board's interrupts, and with them the console's. Boot only. */
let keeper: usize = 0

export function setKeeper(cpu: Cpu): void {
  keeper = changetype<usize>(cpu)
}

/** The UART interrupted, or a line was held back long enough: host moves bytes, then the VMs concerned are told. */
export function serveUart(cpu: Cpu): void {
  lockHost()
  host.uartInterrupt()
  const concerned = host.inputPending() | host.roomPending()
  const deadline = host.deadline()
  unlockHost()
  if (cpu === changetype<Cpu>(keeper)) cpu.consoleAt = deadline
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

/** One byte of output; false if the VM's ring is full. What host holds back so that lines do not mix, the keeper sends later. */
export function put(vm: u32, ch: u32): bool {
  const cpu = thisCpu()
  lockHost()
  const taken = host.put(vm, ch) !== 0
  const roomy = host.roomPending()
  const isHeld = host.deadline() !== u64.MAX_VALUE
  unlockHost()
  if (roomy) tell(cpu, roomy)
  if (isHeld && changetype<Cpu>(keeper).consoleAt === u64.MAX_VALUE) ask(cpu, changetype<Cpu>(keeper), WORK_CONSOLE)
  return taken
}
