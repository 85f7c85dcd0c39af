/** GIC distributor registers. IHI 0048 "Distributor register map" (GICv2), IHI 0069 "The GIC Distributor register map" (GICv3). */

export const GICD_CTLR: u32 = 0x0000
export const GICD_TYPER: u32 = 0x0004
export const GICD_IIDR: u32 = 0x0008
export const GICD_TYPER2: u32 = 0x000c

/** Blocks of 0x80 bytes with one bit for each INTID: the block's number is offset >> GICD_BLOCK_SHIFT. */
export const GICD_BLOCK_SHIFT: u32 = 7
export const GICD_BLOCK_IGROUPR: u32 = 0x0080 >> 7
export const GICD_BLOCK_ISENABLER: u32 = 0x0100 >> 7
export const GICD_BLOCK_ICENABLER: u32 = 0x0180 >> 7
export const GICD_BLOCK_ISPENDR: u32 = 0x0200 >> 7
export const GICD_BLOCK_ICPENDR: u32 = 0x0280 >> 7
export const GICD_BLOCK_ISACTIVER: u32 = 0x0300 >> 7
export const GICD_BLOCK_ICACTIVER: u32 = 0x0380 >> 7

export const GICD_IGROUPR: u32 = 0x0080
export const GICD_ISENABLER: u32 = 0x0100
export const GICD_ICENABLER: u32 = 0x0180
export const GICD_ISPENDR: u32 = 0x0200
export const GICD_ICPENDR: u32 = 0x0280
export const GICD_ISACTIVER: u32 = 0x0300
export const GICD_ICACTIVER: u32 = 0x0380
/** One byte for each INTID. */
export const GICD_IPRIORITYR: u32 = 0x0400
/** GICv2: one byte for each INTID. */
export const GICD_ITARGETSR: u32 = 0x0800
/** Two bits for each INTID, of which the upper one says edge-triggered. */
export const GICD_ICFGR: u32 = 0x0c00
export const GICD_IGRPMODR: u32 = 0x0d00
export const GICD_NSACR: u32 = 0x0e00
/** GICv2 only. */
export const GICD_SGIR: u32 = 0x0f00
export const GICD_CPENDSGIR: u32 = 0x0f10
export const GICD_SPENDSGIR: u32 = 0x0f20
/** GICv3: eight bytes for each SPI, counted from INTID 0. */
export const GICD_IROUTER: u32 = 0x6000

/** Identification registers: the last 48 bytes of the frame, 4 KiB on GICv2 and 64 KiB on GICv3. */
export const GICV2_FRAME: u32 = 0x1000
export const GICV3_FRAME: u32 = 0x1_0000
export const GIC_ID: u32 = 0xffd0
export const GIC_PIDR4: u32 = 0xffd0
export const GIC_PIDR0: u32 = 0xffe0
export const GIC_PIDR1: u32 = 0xffe4
export const GIC_PIDR2: u32 = 0xffe8
export const GIC_CIDR0: u32 = 0xfff0
export const GIC_CIDR1: u32 = 0xfff4
export const GIC_CIDR2: u32 = 0xfff8
export const GIC_CIDR3: u32 = 0xfffc

export const GICD_CTLR_ENABLE_GRP0: u32 = 1 << 0
export const GICD_CTLR_ENABLE_GRP1: u32 = 1 << 1
/** GICv3: affinity routing; disabled security (one security state). */
export const GICD_CTLR_ARE: u32 = 1 << 4
export const GICD_CTLR_DS: u32 = 1 << 6

export const GICD_TYPER_CPU_SHIFT: u32 = 5
export const GICD_TYPER_IDBITS_SHIFT: u32 = 19
/** No 1-of-N delivery of SPIs. */
export const GICD_TYPER_NO1N: u32 = 1 << 25

export const GICD_SGIR_TARGET_SHIFT: u32 = 16
export const GICD_SGIR_FILTER_SHIFT: u32 = 24
export const GICD_SGIR_FILTER_LIST: u32 = 0
export const GICD_SGIR_FILTER_OTHERS: u32 = 1
export const GICD_SGIR_FILTER_SELF: u32 = 2

/** Priority bits that a virtual CPU interface with 32 levels implements (IHI 0069, ICH_VTR_EL2.PRIbits). */
export const GIC_PRIORITY_MASK: u32 = 0xf8
