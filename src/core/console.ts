/** Between host's UART and the VMs: what was typed goes to the VM's own CPU, which alone may enter its compartment. */
import { STATE_RUNNING } from '../abi/life'
import * as compartment from './compartment'
import { Cpu, thisCpu } from './cpu'
import * as host from './host'
import * as hostLife from './host-life'
import { isNewlyHeld, noteDeadline, tellKeeper } from './keeper'
import { lockHost, unlockHost } from './log'
import { reportHostFault } from './report'
import { remind } from './request'
import { HOST, serviceAt, takeNews } from './service'
import { stateOf } from './state'
import { DUE_CONSOLE, firstOn, Vcpu } from './vcpu'
import { vmAt, vmCount } from './vm'

const NOTHING: u32 = u32.MAX_VALUE

/** The UART interrupted, or a line was held back long enough: host moves bytes, then the VMs concerned are told. */
export function serveUart(cpu: Cpu): void {
  lockHost()
  if (hostLife.isUp()) host.uartInterrupt()
  const concerned = host.inputPending() | host.roomPending()
  noteDeadline(cpu)
  const isNews = takeNews(serviceAt(HOST))
  unlockHost()
  if (isNews) reportHostFault()
  // A console that began anew has room for everybody.
  tell(cpu, isNews ? u32.MAX_VALUE : concerned)
}

/** VMs that do not run hear of it when they begin. */
function tell(cpu: Cpu, vms: u32): void {
  for (let i: u32 = 0; i < vmCount; i++) {
    if (!(vms & (1 << i)) || stateOf(vmAt(i)) !== STATE_RUNNING) continue
    const vcpu = firstOn(vmAt(i))
    if (vcpu) remind(cpu, changetype<Vcpu>(vcpu), DUE_CONSOLE)
  }
}

/** On the VM's own CPU: its typed bytes, as many as its UART takes, and the news that its output has room again. What it does
 * not take stays in host's ring until the compartment asks (`consoleReady`). One vCPU at a time, or bytes would change places. */
export function feed(vcpu: Vcpu): void {
  compartment.enter(vcpu)
  for (let space = compartment.consoleSpace(vcpu); space; space--) {
    lockHost()
    const ch = host.nextInput(vcpu.vm)
    unlockHost()
    if (ch == NOTHING) break
    compartment.consoleInput(vcpu, ch)
  }
  compartment.consoleRoom(vcpu)
  compartment.leave(vcpu)
  lockHost()
  const isHeld = isNewlyHeld()
  unlockHost()
  // What waited for room in the ring has it now.
  if (isHeld) tellKeeper(thisCpu())
}

/** One byte of output; false if the VM's ring is full. What host holds back so that lines do not mix, the keeper sends later. */
export function put(vm: u32, ch: u32): bool {
  const cpu = thisCpu()
  lockHost()
  const taken = host.put(vm, ch) !== 0
  const roomy = host.roomPending()
  const isHeld = isNewlyHeld()
  unlockHost()
  if (roomy) tell(cpu, roomy)
  if (isHeld) tellKeeper(cpu)
  return taken
}
