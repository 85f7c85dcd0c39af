/** What several reports say alike: who, and where. */
import * as log from './log'
import { trapName } from './trap'
import { Vcpu } from './vcpu'
import { NAME_SIZE, nameOf, Vm } from './vm'

export function vmName(vm: Vm): void {
  log.text("VM '")
  log.bytes(nameOf(vm), NAME_SIZE)
  log.text("'")
}

/** Of several lines about a vCPU. */
export function beginLine(vcpu: Vcpu): void {
  log.begin()
  log.text('  vCPU ')
  log.decimal(vcpu.index)
  log.text(': ')
}

/** What ended a module's call, and where. `file`, below src and without its ending, is a C string, 0 if the MMU found the fault. */
export function reportPlace(code: u32, file: u64, line: u32, pc: u64, far: u64): void {
  log.text(trapName(code))
  if (file) {
    log.text(' at src/')
    log.bytesAt(file, 80)
    log.text('.ts:')
    log.decimal(line)
  } else {
    log.text(' at address ')
    log.hex(far)
  }
  log.text(', pc ')
  log.hex(pc)
}
