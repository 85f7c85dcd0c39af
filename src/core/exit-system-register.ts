/** Trapped system registers: interrupts between vCPUs, and what the machine says of itself. Everything else is undefined. */
import { EXTENSION_BREAKPOINT } from '../abi/extension'
import { encoding, SystemRegister } from '../arch/esr'
import { idRegister } from '../arch/id'
import * as hw from '../hw'
import { take } from './breakpoint'
import * as compartment from './compartment'
import { thisCpu } from './cpu'
import { hasExtension } from './extension'
import { noteExit } from './history'
import * as inject from './inject'
import { gicVersion } from './machine'
import { settle } from './schedule'
import { readX, Vcpu, writeX } from './vcpu'
import { CONTINUE, step } from './way-back'

const ICC_ASGI1R_EL1: u32 = encoding(3, 0, 12, 11, 6)
const ICC_SGI0R_EL1: u32 = encoding(3, 0, 12, 11, 7)
const ACTLR_EL1: u32 = encoding(3, 0, 1, 0, 1)
const OSLSR_EL1: u32 = encoding(2, 0, 1, 1, 4)
/** OSLM: the lock is implemented; OSLK clear: it is open. */
const OS_LOCK_OPEN: u64 = 8
/** op1 of the debug registers that EL1 has: 0 and, for the communication channel, 3. */
const DEBUG_OP1_0: u32 = 0
const DEBUG_OP1_3: u32 = 3
/** CRn of the OS lock, its double and the debug ROM: MDCR_EL2.TDOSA and TDRA trap them for ever. */
const OS_LOCK: u32 = 1

export function onSystemRegister(at: usize, esr: u64, pc: u64): usize {
  const vcpu = changetype<Vcpu>(at)
  const count = vcpu.exits + 1
  vcpu.exits = count
  vcpu.traps++
  noteExit(vcpu, count, esr, pc)
  if (!SystemRegister.sendsSgi(esr)) return access(vcpu, esr)
  compartment.sgi(vcpu, readX(vcpu, SystemRegister.register(esr)), 1)
  step(vcpu)
  return thisCpu().work ? settle(thisCpu()) : at | CONTINUE
}

function access(vcpu: Vcpu, esr: u64): usize {
  const name = SystemRegister.name(esr)
  const register = SystemRegister.register(esr)
  if (SystemRegister.isRead(esr)) {
    if (name == OSLSR_EL1) writeX(vcpu, register, OS_LOCK_OPEN)
    else if (isIdRegister(name)) {
      const crm = (name >> 3) & 15
      writeX(vcpu, register, idRegister(crm, name & 7, hw.id_register(crm, name & 7), gicVersion == 3))
    } else if (isIgnored(name)) {
      if (isGiven(vcpu, name)) return changetype<usize>(vcpu)
      writeX(vcpu, register, 0)
    } else {
      inject.undefined(vcpu)
      return changetype<usize>(vcpu)
    }
  } else if (name == ICC_ASGI1R_EL1 || name == ICC_SGI0R_EL1) compartment.sgi(vcpu, readX(vcpu, register), 0)
  else if (!isIgnored(name)) {
    inject.undefined(vcpu)
    return changetype<usize>(vcpu)
  } else if (isGiven(vcpu, name)) return changetype<usize>(vcpu)
  step(vcpu)
  return thisCpu().work ? settle(thisCpu()) : changetype<usize>(vcpu)
}

/** op0 3, op1 0, CRn 0, CRm 1 to 7. */
function isIdRegister(name: u32): bool {
  return name >> 7 == encoding(3, 0, 0, 0, 0) >> 7 && ((name >> 3) & 15) >= 1 && ((name >> 3) & 15) <= 7
}

/** The guest tries again, and finds a debug register of its own. */
function isGiven(vcpu: Vcpu, name: u32): bool {
  return isDebug(name) && ((name >> 7) & 15) != OS_LOCK && hasExtension(EXTENSION_BREAKPOINT) && take(thisCpu(), vcpu)
}

/** ACTLR_EL1, the OS lock and, while a debugger has them, all debug registers read as zero and ignore writes. */
function isIgnored(name: u32): bool {
  return name == ACTLR_EL1 || isDebug(name)
}

/** Self-hosted debug: op0 2. */
function isDebug(name: u32): bool {
  const op1 = (name >> 11) & 7
  return name >> 14 == 2 && (op1 == DEBUG_OP1_0 || op1 == DEBUG_OP1_3)
}
