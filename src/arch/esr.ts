/** Exception syndromes. DDI 0487, "ESR_EL2, Exception Syndrome Register (EL2)" and "ISS encoding for an exception from ...". */

export enum EC {
  Unknown = 0x00,
  /** WFI or WFE; only WFI is trapped. */
  Wfx = 0x01,
  Hvc64 = 0x16,
  Smc64 = 0x17,
  SystemRegister = 0x18,
  InstructionAbortLower = 0x20,
  InstructionAbortSame = 0x21,
  DataAbortLower = 0x24,
  DataAbortSame = 0x25,
  Serror = 0x2f,
  BreakpointLower = 0x30,
  StepLower = 0x32,
  WatchpointLower = 0x34,
  Bkpt32 = 0x38,
  Brk64 = 0x3c,
}

/** IL: the trapped instruction is 32 bits wide. */
export const IL: u64 = 1 << 25
/** DFSC/IFSC of a synchronous external abort, not on a table walk. */
export const EXTERNAL_ABORT: u64 = 0x10

export function ec(esr: u64): u32 {
  return <u32>esr >> 26
}

/** ISS of a data abort; what both have stands in the same place for an instruction abort. */
export namespace DataAbort {
  /** The instruction's register and size are known; never so for an access on a stage-1 walk. Deviation: not for AArch32's
   * 16-bit instructions either, after which IT state and PC would move in another way. */
  export function hasSyndrome(esr: u64): bool {
    return ((<u32>esr >> 24) & 3) == 3
  }
  /** Translation fault at any level. */
  export function isTranslation(esr: u64): bool {
    return ((<u32>esr >> 2) & 15) == 1
  }
  /** Permission fault at any level. */
  export function isPermission(esr: u64): bool {
    return ((<u32>esr >> 2) & 15) == 3
  }
  /** HPFAR_EL2 holds the IPA: address size, translation and access flag faults of stage 2, and every fault of a stage-1 walk there. */
  export function hasIpa(esr: u64): bool {
    return (<u32>esr & 0x3f) < 12 || isTableWalk(esr)
  }
  /** Access size in bytes. */
  export function size(esr: u64): u32 {
    return 1 << ((<u32>esr >> 22) & 3)
  }
  export function signExtends(esr: u64): bool {
    return (<u32>esr & (1 << 21)) != 0
  }
  export function register(esr: u64): u32 {
    return (<u32>esr >> 16) & 31
  }
  export function is64Bit(esr: u64): bool {
    return (<u32>esr & (1 << 15)) != 0
  }
  export function isCacheMaintenance(esr: u64): bool {
    return (<u32>esr & (1 << 8)) != 0
  }
  export function isTableWalk(esr: u64): bool {
    return (<u32>esr & (1 << 7)) != 0
  }
  export function isWrite(esr: u64): bool {
    return (<u32>esr & (1 << 6)) != 0
  }
}

/** ISS of a trapped MSR, MRS or system instruction. */
export namespace SystemRegister {
  /** op0:op1:CRn:CRm:op2, as `encoding` packs them. */
  export function name(esr: u64): u32 {
    const iss = <u32>esr
    return (
      (((iss >> 20) & 3) << 14) |
      (((iss >> 14) & 7) << 11) |
      (((iss >> 10) & 15) << 7) |
      (((iss >> 1) & 15) << 3) |
      ((iss >> 17) & 7)
    )
  }
  export function register(esr: u64): u32 {
    return (<u32>esr >> 5) & 31
  }
  export function isRead(esr: u64): bool {
    return (<u32>esr & 1) != 0
  }
  /** A write to ICC_SGI1R_EL1, the one that is worth knowing at a glance: every field of the ISS but Rt. */
  export function sendsSgi(esr: u64): bool {
    return (<u32>esr & 0x3f_fc1f) == ((3 << 20) | (5 << 17) | (12 << 10) | (11 << 1))
  }
}

/** A system register's name as one number, so that a switch can hold it. */
export function encoding(op0: u32, op1: u32, crn: u32, crm: u32, op2: u32): u32 {
  return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2
}
