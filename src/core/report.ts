/** What a person reads of a VM's life and faults: who, what, where, and what happens next. */
import * as hw from '../hw'
import * as hostLife from './host-life'
import * as log from './log'
import { trapName } from './trap'
import { Vcpu } from './vcpu'
import { loadAt, NAME_SIZE, nameOf, Stop, Vm, vmAt } from './vm'

function vmName(vm: Vm): void {
  log.text("VM '")
  log.bytes(nameOf(vm), NAME_SIZE)
  log.text("'")
}

export function reportStart(vm: Vm): void {
  let bytes: u64 = 0
  for (let i: u32 = 0; i < vm.loadCount; i++) bytes += loadAt(vm, i).length
  log.begin()
  log.text('vm ')
  log.bytes(nameOf(vm), NAME_SIZE)
  log.text(': scrub ')
  figure(vm.ramSize, vm.scrubTicks)
  log.text(', copy ')
  figure(bytes, vm.copyTicks)
  log.text(', check ')
  figure(bytes, vm.checkTicks)
  log.end()
}

function figure(bytes: u64, ticks: u64): void {
  log.decimal(bytes)
  log.text(' bytes in ')
  log.decimal(ticks)
  log.text(' ticks')
}

export function reportBadImage(vm: Vm, index: u32): void {
  log.begin()
  vmName(vm)
  log.text(' cannot start: image ')
  log.decimal(index)
  log.text(' does not match its hash; build the bundle again and check the storage it came from')
  log.end()
}

export function reportEnd(vm: Vm, stop: u32, again: bool, allowed: bool): void {
  if (stop === Stop.Refused) return // its own line has been said
  log.begin()
  vmName(vm)
  log.text(endName(stop))
  if (!again) log.text('; it stays off')
  else if (allowed) log.text('; it starts again')
  else log.text('; its restart limit is reached, it stays off')
  log.end()
}

function endName(stop: u32): string {
  switch (stop) {
    case Stop.Crash:
      return ' crashed'
    case Stop.Reset:
      return ' reset itself'
    case Stop.Asked:
      return ' was stopped'
    case Stop.Again:
      return ' is restarted'
  }
  return ' powered itself off'
}

export function reportPaused(vm: Vm): void {
  log.begin()
  vmName(vm)
  log.text(' is paused')
  log.end()
}

export function reportPowerOff(): void {
  log.line('all VMs have ended; the board powers off')
}

/** The VM's own compartment failed. `file` is a C string, 0 if the MMU found the fault. */
export function reportCompartmentFault(vm: Vm, vcpu: Vcpu, code: u32, file: u64, line: u32, pc: u64, far: u64): void {
  log.begin()
  vmName(vm)
  log.text(': its device models failed: ')
  reportPlace(code, file, line, pc, far)
  log.end()
  reportRegisters(vcpu)
}

function reportPlace(code: u32, file: u64, line: u32, pc: u64, far: u64): void {
  log.text(trapName(code))
  if (file) {
    log.text(' at ')
    log.bytesAt(file, 80)
    log.byte(0x3a)
    log.decimal(line)
  } else {
    log.text(' at address ')
    log.hex(far)
  }
  log.text(', pc ')
  log.hex(pc)
}

/** host failed. Of many faults the first few and ever fewer are told: a VM that could cause them could otherwise fill the screen. */
export function reportHostFault(): void {
  const faults = hostLife.faults
  if (faults > 8 && popcnt(faults) !== 1) return
  log.begin()
  log.text('the console failed (fault ')
  log.decimal(faults)
  log.text('): ')
  reportPlace(hostLife.faultCode, hostLife.faultFile, hostLife.faultLine, hostLife.faultPc, hostLife.faultAddress)
  log.text(hostLife.isUp ? '; it began anew' : '; VMs run on without it')
  log.end()
}

export function reportSystemError(vcpu: Vcpu, esr: u64): void {
  log.begin()
  vmName(vmAt(vcpu.vm))
  log.text(' caused a system error, syndrome ')
  log.hex(esr)
  log.end()
  reportRegisters(vcpu)
}

export function reportNoVectors(vcpu: Vcpu): void {
  log.begin()
  vmName(vmAt(vcpu.vm))
  log.text(' took an exception, but nothing is mapped at its vectors (VBAR_EL1 ')
  log.hex(hw.vbar_el1())
  log.text('); the exception came from ')
  log.hex(hw.elr_el1())
  log.end()
  reportRegisters(vcpu)
}

function reportRegisters(vcpu: Vcpu): void {
  log.begin()
  log.text('  vCPU ')
  log.decimal(vcpu.index)
  log.text(': guest pc ')
  log.hex(vcpu.elr)
  log.text(', lr ')
  log.hex(vcpu.x30)
  log.text(', pstate ')
  log.hex(vcpu.spsr)
  log.text(', x0 ')
  log.hex(vcpu.x0)
  log.text(', x1 ')
  log.hex(vcpu.x1)
  log.end()
}
