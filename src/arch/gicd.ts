/** GIC distributor registers. IHI 0048 "Distributor register map" (GICv2), IHI 0069 "The GIC Distributor register map" (GICv3). */

export const GICD_CTLR = 0x0000
export const GICD_TYPER = 0x0004
export const GICD_IIDR = 0x0008
export const GICD_TYPER2 = 0x000c

/** Blocks of 0x80 bytes with one bit for each INTID: the block's number is offset >> GICD_BLOCK_SHIFT. */
export const GICD_BLOCK_SHIFT = 7
export const GICD_BLOCK_IGROUPR = 0x0080 >> 7
export const GICD_BLOCK_ISENABLER = 0x0100 >> 7
export const GICD_BLOCK_ICENABLER = 0x0180 >> 7
export const GICD_BLOCK_ISPENDR = 0x0200 >> 7
export const GICD_BLOCK_ICPENDR = 0x0280 >> 7
export const GICD_BLOCK_ISACTIVER = 0x0300 >> 7
export const GICD_BLOCK_ICACTIVER = 0x0380 >> 7

export const GICD_IGROUPR = 0x0080
export const GICD_ISENABLER = 0x0100
export const GICD_ICENABLER = 0x0180
export const GICD_ISPENDR = 0x0200
export const GICD_ICPENDR = 0x0280
export const GICD_ISACTIVER = 0x0300
export const GICD_ICACTIVER = 0x0380
/** One byte for each INTID. */
export const GICD_IPRIORITYR = 0x0400
/** GICv2: one byte for each INTID. */
export const GICD_ITARGETSR = 0x0800
/** Two bits for each INTID, of which the upper one says edge-triggered. */
export const GICD_ICFGR = 0x0c00
export const GICD_IGRPMODR = 0x0d00
export const GICD_NSACR = 0x0e00
/** GICv2 only. */
export const GICD_SGIR = 0x0f00
export const GICD_CPENDSGIR = 0x0f10
export const GICD_SPENDSGIR = 0x0f20
/** GICv3: eight bytes for each SPI, counted from INTID 0. */
export const GICD_IROUTER = 0x6000

/** Identification registers: the last 48 bytes of the frame, 4 KiB on GICv2 and 64 KiB on GICv3. */
export const GICV2_FRAME = 0x1000
export const GICV3_FRAME = 0x1_0000
export const GIC_ID = 0xffd0
export const GIC_PIDR4 = 0xffd0
export const GIC_PIDR0 = 0xffe0
export const GIC_PIDR1 = 0xffe4
export const GIC_PIDR2 = 0xffe8
export const GIC_CIDR0 = 0xfff0
export const GIC_CIDR1 = 0xfff4
export const GIC_CIDR2 = 0xfff8
export const GIC_CIDR3 = 0xfffc

export const GICD_CTLR_ENABLE_GRP0 = 1 << 0
export const GICD_CTLR_ENABLE_GRP1 = 1 << 1
/** GICv3: affinity routing; disabled security (one security state). */
export const GICD_CTLR_ARE = 1 << 4
export const GICD_CTLR_DS = 1 << 6

export const GICD_TYPER_CPU_SHIFT = 5
export const GICD_TYPER_IDBITS_SHIFT = 19
/** No 1-of-N delivery of SPIs. */
export const GICD_TYPER_NO1N = 1 << 25

export const GICD_SGIR_TARGET_SHIFT = 16
export const GICD_SGIR_FILTER_SHIFT = 24
export const GICD_SGIR_FILTER_LIST = 0
export const GICD_SGIR_FILTER_OTHERS = 1
export const GICD_SGIR_FILTER_SELF = 2

/** Priority bits that a virtual CPU interface with 32 levels implements (IHI 0069, ICH_VTR_EL2.PRIbits). */
export const GIC_PRIORITY_MASK = 0xf8
