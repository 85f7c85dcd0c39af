/** GICv3 redistributor: two 64 KiB frames for each PE. IHI 0069 "The GIC Redistributor register map". */

/** RD_base. */
export const GICR_CTLR: u32 = 0x0000
export const GICR_IIDR: u32 = 0x0004
export const GICR_TYPER: u32 = 0x0008
export const GICR_STATUSR: u32 = 0x0010
export const GICR_WAKER: u32 = 0x0014

/** SGI_base: the registers of INTIDs 0 to 31, at the distributor's offsets. */
export const GICR_SGI_BASE: u32 = 0x1_0000

/** GICR_TYPER: this is the last redistributor of its region; number of the PE; its affinity value. */
export const GICR_TYPER_LAST: u64 = 1 << 4
export const GICR_TYPER_NUMBER_SHIFT: u64 = 8
export const GICR_TYPER_AFFINITY_SHIFT: u64 = 32

export const GICR_WAKER_PROCESSOR_SLEEP: u32 = 1 << 1
export const GICR_WAKER_CHILDREN_ASLEEP: u32 = 1 << 2
