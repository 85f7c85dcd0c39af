/** A vCPU in words: where it is, what its timers and its interrupts wait for. On its own CPU, which alone knows. */
import { STATE_PAUSED, STATE_STARTING } from '../abi/life'
import * as hw from '../hw'
import { Cpu } from './cpu'
import * as gic from './gic'
import { instructionAt } from './instruction'
import * as log from './log'
import { beginLine } from './report-word'
import { stateOf } from './state'
import { LR_AT, Power, powerOf, Run, Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

/** DDI 0487, "WFI": the instruction's only encoding. */
const WFI: u32 = 0xd503_207f
/** CNTV_CTL_EL0, CNTP_CTL_EL0: ENABLE, IMASK. */
const ENABLE: u64 = 1
const IMASK: u64 = 2
/** PSTATE.I, of SPSR. */
const IRQ_MASKED: u64 = 1 << 7

/** A line of a report. */
export function sayState(cpu: Cpu, vcpu: Vcpu): void {
  beginLine(vcpu)
  describe(cpu, vcpu)
  log.end()
}

/** "WFI for 3.2 s; virtual timer masked, ...; no interrupt pending". */
export function describe(cpu: Cpu, vcpu: Vcpu): void {
  const vm = vmAt(vcpu.vm)
  place(cpu, vcpu, vm)
  if (vcpu.run === Run.Off) return
  const isLoaded = isHere(cpu, vcpu)
  const now = hw.cntpct_el0()
  log.text('; virtual timer ')
  timer(
    isLoaded ? hw.cntv_ctl_el0() : vcpu.timerVirtual,
    (isLoaded ? hw.cntv_cval_el0() : vcpu.timerVirtualAt) + vm.timeOffset,
    stateOf(vm) === STATE_PAUSED ? vm.pausedAt : now,
  )
  log.text(', physical ')
  timer(isLoaded ? hw.cntp_ctl_el0() : vcpu.timerPhysical, isLoaded ? hw.cntp_cval_el0() : vcpu.timerPhysicalAt, now)
  log.text('; ')
  pending(vcpu, isLoaded)
  if (vcpu.spsr & IRQ_MASKED) log.text('; IRQs masked')
}

function isHere(cpu: Cpu, vcpu: Vcpu): bool {
  return cpu.isLoaded !== 0 && cpu.vcpu === changetype<usize>(vcpu)
}

function place(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  if (vcpu.run === Run.Off) {
    log.text(powerOf(vcpu) === Power.Off ? 'off' : 'about to start')
    return
  }
  if (vcpu.run === Run.Held) log.text('paused')
  else if (vcpu.run === Run.Blocked) {
    log.text(stateOf(vm) === STATE_STARTING ? 'waits to start again for ' : 'in WFI for ')
    log.seconds(hw.cntpct_el0() - vcpu.readyAt)
  } else if (cpu.vcpu !== changetype<usize>(vcpu)) {
    log.text('waits for its CPU for ')
    log.seconds(hw.cntpct_el0() - vcpu.readyAt)
  } else log.text(isHere(cpu, vcpu) && instructionAt(vm, vcpu.elr - 4) === WFI ? 'in WFI' : 'runs')
  log.text(' at ')
  log.hex(vcpu.elr)
}

function timer(control: u64, at: u64, now: u64): void {
  if (!(control & ENABLE)) log.text('off')
  else if (control & IMASK) log.text('masked')
  else if (at <= now) log.text('fires')
  else {
    log.text('in ')
    log.seconds(at - now)
  }
}

/** INTIDs in list registers; what does not fit into these the compartment keeps. */
function pending(vcpu: Vcpu, isLoaded: bool): void {
  let isAny = false
  for (let i: u32 = 0; i < gic.listRegisters(); i++) {
    const lr = isLoaded ? gic.readListRegister(i) : load<u64>(changetype<usize>(vcpu) + LR_AT + ((<usize>i) << 3))
    if (!(lr >> 62)) continue
    log.text(isAny ? ', ' : 'interrupts ')
    isAny = true
    log.decimal(lr & 0xffff)
    log.text(lr >> 63 ? ' active' : ' pending')
  }
  if (!isAny) log.text('no interrupt pending')
}
