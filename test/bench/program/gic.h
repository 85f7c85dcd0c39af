/* The interrupt controller for guests in assembly, whichever it is: x21 = 0 for GICv2, x22 = this CPU's private frame. */

#define GICR_SGI_FRAME 0x10000

/* \cpu = index of this CPU, \intid = the one private interrupt to let in. Clobbers x0 to x3. Interrupts stay masked. */
.macro gic_on cpu, intid
    mrs     x21, id_aa64pfr0_el1
    ubfx    x21, x21, #24, #4
    constant x0, GICD_IPA
    cbz     x21, .L2\@
    mov     x1, #0x13                       // affinity routing, both groups
    str     w1, [x0]
    constant x3, (GICR_IPA + \cpu * GICR_STRIDE)
    str     wzr, [x3, #0x14]                // GICR_WAKER
.L1\@:
    ldr     w1, [x3, #0x14]
    tbnz    w1, #2, .L1\@
    constant x22, (GICR_IPA + \cpu * GICR_STRIDE + GICR_SGI_FRAME)
    mov     w1, #-1
    str     w1, [x22, #0x80]                // IGROUPR0: group 1
    mov     x1, #1
    msr     S3_0_C12_C12_5, x1              // ICC_SRE_EL1
    isb
    mov     x1, #0xf0
    msr     S3_0_C4_C6_0, x1                // ICC_PMR_EL1
    mov     x1, #1
    msr     S3_0_C12_C12_7, x1              // ICC_IGRPEN1_EL1
    isb
    b       .L3\@
.L2\@:
    mov     x22, x0
    mov     w1, #1
    str     w1, [x0]
    constant x2, GICC_IPA
    mov     w3, #0xf0
    str     w3, [x2, #0x4]                  // GICC_PMR
    str     w1, [x2]
.L3\@:
    mov     w1, #(1 << \intid)
    str     w1, [x22, #0x100]               // ISENABLER0
    dsb     sy
.endm

/* w0 = what there is to acknowledge. Clobbers x1. */
.macro gic_acknowledge
    cbz     x21, .L1\@
    mrs     x0, S3_0_C12_C12_0              // ICC_IAR1_EL1
    b       .L2\@
.L1\@:
    constant x1, GICC_IPA
    ldr     w0, [x1, #0xc]
.L2\@:
.endm

/* w0 = what was acknowledged. Clobbers x1. */
.macro gic_end
    cbz     x21, .L1\@
    msr     S3_0_C12_C12_1, x0              // ICC_EOIR1_EL1
    isb
    b       .L2\@
.L1\@:
    constant x1, GICC_IPA
    str     w0, [x1, #0x10]
.L2\@:
.endm
