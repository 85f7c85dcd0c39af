/** ESR_EL2 values as hardware builds them. DDI 0487, "ISS encoding for an exception from ...". */

const IL = 1n << 25n
const ec = (code: number) => (BigInt(code) << 26n) | IL
const bit = (set: boolean | undefined, at: number) => (set ? 1n << BigInt(at) : 0n)

export const HVC = ec(0x16)
export const SMC = ec(0x17)
export const WFI = ec(0x01)
export const FP = ec(0x07)

/** Fault status codes: translation and permission faults of level 3, alignment. */
export const TRANSLATION = 0x07
export const PERMISSION = 0x0f

export interface Access {
  write?: boolean
  /** Bytes: 1, 2, 4, 8. */
  size?: number
  register?: number
  signed?: boolean
  /** Into an X register. */
  wide?: boolean
  /** The instruction leaves a syndrome. */
  valid?: boolean
  walk?: boolean
  maintenance?: boolean
  /** AArch32's 16-bit instructions. */
  narrow?: boolean
  status?: number
}

/** A data abort from EL1 or EL0. */
export function dataAbort(access: Access = {}): bigint {
  const { write, size = 4, register = 0, signed, wide, valid = true, walk, maintenance, narrow } = access
  const iss = valid
    ? bit(true, 24) |
      (BigInt(Math.log2(size)) << 22n) |
      bit(signed, 21) |
      (BigInt(register) << 16n) |
      bit(wide ?? size === 8, 15)
    : 0n
  const cause = bit(maintenance, 8) | bit(walk, 7) | bit(write, 6) | BigInt(access.status ?? TRANSLATION)
  return (ec(0x24) & ~bit(narrow, 25)) | iss | cause
}

export function instructionAbort({ walk, status = TRANSLATION }: Pick<Access, 'walk' | 'status'> = {}): bigint {
  return ec(0x20) | bit(walk, 7) | BigInt(status)
}

/** MSR or MRS of the register that the five numbers name. */
export function systemRegister(name: string, register: number, direction: 'read' | 'write'): bigint {
  const [op0 = 0, op1 = 0, crn = 0, crm = 0, op2 = 0] = name.split(',').map(Number)
  const iss =
    (op0 << 20) |
    (op2 << 17) |
    (op1 << 14) |
    (crn << 10) |
    (register << 5) |
    (crm << 1) |
    (direction === 'read' ? 1 : 0)
  return ec(0x18) | BigInt(iss)
}

/** FAR_EL2 and HPFAR_EL2 of an access to `ipa`, made by virtual address `va`. */
export function faultAt(ipa: number, va = 0xffff_0000_0000 + (ipa % 0x1000)): { far: bigint; hpfar: bigint } {
  return { far: BigInt(va), hpfar: (BigInt(ipa) >> 12n) << 4n }
}
