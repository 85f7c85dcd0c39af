/**
 * The hypervisor's side of the virtual CPU interface, in the layout of IHI 0069 "ICH_LR<n>_EL2" on every GIC.
 * Deviation: with HW = 0 bits 34:32 hold the requesting CPU of a GICv2 SGI (GICH_LR.CPUID); RES0 in the manual.
 */
export namespace ICH_LR {
  export const PENDING: u64 = 1 << 62
  export const ACTIVE: u64 = 1 << 63
  export const STATE: u64 = 3 << 62
  export const HW: u64 = 1 << 61
  export const GROUP: u64 = 1 << 60
  export const PRIORITY: u64 = 0xff << 48
  export const PRIORITY_SHIFT: u64 = 48
  /** HW = 1: the physical INTID that the guest's deactivation deactivates. */
  export const PINTID_SHIFT: u64 = 32
  /** HW = 0: the end of this interrupt raises a maintenance interrupt. */
  export const EOI: u64 = 1 << 41
  export const SOURCE_SHIFT: u64 = 32

  /** HW = 0, GICv2: who sent an SGI; 0 for everything else. */
  export function source(lr: u64): u32 {
    return <u32>(lr >> SOURCE_SHIFT) & 7
  }

  /** An ended interrupt that still asks for maintenance (ICH_EISR_EL2): HW = 0 and EOI = 1. */
  export function asksMaintenance(lr: u64): bool {
    return (lr & (HW | EOI)) == EOI
  }
}

/** ICH_HCR_EL2: which conditions raise the maintenance interrupt. */
export namespace ICH_HCR {
  export const UIE: u32 = 1 << 1
  export const LRENPIE: u32 = 1 << 2
  export const NPIE: u32 = 1 << 3
}

/** ICC_SGI1R_EL1, ICC_SGI0R_EL1 and ICC_ASGI1R_EL1. */
export namespace ICC_SGIR {
  export const TARGET_LIST: u64 = 0xffff
  export const INTID_SHIFT: u64 = 24
  /** To all PEs but the sender. */
  export const IRM: u64 = 1 << 40
  /** Aff1, Aff2, Aff3 and the range selector: together they pick a cluster of 16 PEs. */
  export const CLUSTER: u64 = 0x00ff_f0ff_00ff_0000
}
