/** Why a guest left its CPU, in words. DDI 0487, "ESR_EL2, Exception Syndrome Register (EL2)"; the rest is in its record. */
import { EXTENSION_CONTROL } from '../abi/extension'
import { DataAbort, EC, ec, SystemRegister } from '../arch/esr'
import * as hw from '../hw'
import { isEmpty } from '../lib/literal'
import { sayOwner } from './board-map'
import { hasExtension } from './extension'
import { faultPlace } from './fault-address'
import * as log from './log'
import { ownerOf } from './owner'
import { Vcpu } from './vcpu'
import { Vm } from './vm'

/** The exit that its CPU has just taken; `esr` is 0 for an interrupt (boot/vectors.S leaves that behind). */
export function describeExit(vm: Vm, vcpu: Vcpu, esr: u64): void {
  if (isAbort(esr)) describeKept(vm, esr, faultPlace(esr), hw.far_el2())
  else describeKept(vm, esr, vcpu.x0, 0)
}

/** `whereto`: `faultPlace` of an abort, x0 of a call. `va`: the guest's address, or where that is not known, the same again. */
export function describeKept(vm: Vm, esr: u64, whereto: u64, va: u64): void {
  switch (ec(esr)) {
    case EC.Unknown:
      log.text('an interrupt')
      return
    case EC.Wfx:
      log.text('WFI')
      return
    case EC.Hvc64:
    case EC.Smc64:
      log.text(ec(esr) === EC.Hvc64 ? 'HVC' : 'SMC')
      log.text(', x0 ')
      log.hex(whereto)
      return
    case EC.SystemRegister:
      systemRegister(esr)
      return
    case EC.InstructionAbortLower:
    case EC.DataAbortLower:
      access(vm, esr, whereto, va)
      return
  }
  log.text('exception class ')
  log.hex(ec(esr))
  log.text(', syndrome ')
  log.hex(esr)
}

export function isAbort(esr: u64): bool {
  return ec(esr) === EC.InstructionAbortLower || ec(esr) === EC.DataAbortLower
}

function access(vm: Vm, esr: u64, whereto: u64, va: u64): void {
  if (DataAbort.isTableWalk(esr)) log.text('table walk')
  else if (ec(esr) === EC.InstructionAbortLower) log.text('fetch of an instruction')
  else {
    log.text(DataAbort.isWrite(esr) ? 'write' : 'read')
    if (DataAbort.hasSyndrome(esr)) {
      log.text(' of ')
      log.decimal(DataAbort.size(esr))
      log.text(' bytes')
    }
  }
  if (DataAbort.hasIpa(esr)) {
    log.text(' at ')
    place(vm, whereto, va)
    return
  }
  log.text(' by address ')
  log.hex(va)
  if (DataAbort.isPermission(esr)) log.text(', not permitted')
  else {
    log.text(', fault status ')
    log.hex(esr & 0x3f)
  }
}

/** Both addresses, and whose the physical one is. */
function place(vm: Vm, ipa: u64, va: u64): void {
  log.hex(ipa)
  if (va !== ipa) {
    log.text(' (by address ')
    log.hex(va)
    log.byte(0x29)
  }
  log.text(', ')
  const owner = ownerOf(vm, ipa)
  if (!isEmpty(owner)) log.text(owner)
  else if (!hasExtension(EXTENSION_CONTROL) || !sayOwner(vm, ipa)) log.text('where it has nothing')
}

/** As assemblers write a register without a name: S3_0_C12_C11_5. */
function systemRegister(esr: u64): void {
  const name = SystemRegister.name(esr)
  log.text(SystemRegister.isRead(esr) ? 'read of S' : 'write of S')
  log.decimal((name >> 14) & 3)
  log.byte(0x5f)
  log.decimal((name >> 11) & 7)
  log.text('_C')
  log.decimal((name >> 7) & 15)
  log.text('_C')
  log.decimal((name >> 3) & 15)
  log.byte(0x5f)
  log.decimal(name & 7)
}
