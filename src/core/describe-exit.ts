/** Why a guest left its CPU, in words. DDI 0487, "ESR_EL2, Exception Syndrome Register (EL2)"; the rest is in its record. */
import { EXTENSION_CONTROL } from '../abi/extension'
import { DataAbort, EC, ec, SystemRegister } from '../arch/esr'
import * as hw from '../hw'
import { isEmpty } from '../lib/literal'
import { sayOwner } from './board-map'
import { hasExtension } from './extension'
import * as log from './log'
import { ownerOf } from './owner'
import { Vcpu } from './vcpu'
import { Vm } from './vm'

/** HPFAR_EL2.FIPA: bits 43:4 are bits 51:12 of the IPA. */
const FIPA: u64 = 0xfff_ffff_fff0
const PAGE_OFFSET: u64 = 0xfff

/** `esr` as it was taken, 0 for an interrupt (boot/vectors.S leaves that behind). */
export function describeExit(vm: Vm, vcpu: Vcpu, esr: u64): void {
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
      log.hex(vcpu.x0)
      return
    case EC.SystemRegister:
      systemRegister(esr)
      return
    case EC.InstructionAbortLower:
      log.text('fetch of an instruction at ')
      place(vm)
      return
    case EC.DataAbortLower:
      access(vm, esr)
      return
  }
  log.text('exception class ')
  log.hex(ec(esr))
  log.text(', syndrome ')
  log.hex(esr)
}

function access(vm: Vm, esr: u64): void {
  log.text(DataAbort.isWrite(esr) ? 'write' : 'read')
  if (DataAbort.hasSyndrome(esr)) {
    log.text(' of ')
    log.decimal(DataAbort.size(esr))
    log.text(' bytes')
  }
  log.text(' at ')
  place(vm)
}

/** Both addresses, and whose the physical one is. */
function place(vm: Vm): void {
  const va = hw.far_el2()
  const ipa = ((hw.hpfar_el2() & FIPA) << 8) | (va & PAGE_OFFSET)
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
