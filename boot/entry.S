/* From the boot loader to EL2's own address space: Image header, EL2, MMU on; and what stays behind at EL3.
 * Documents: Linux Documentation/arch/arm64/booting.rst (header, state at entry); DDI 0487 "AArch64 Virtual Memory
 * System Architecture" and "Barriers and caches". Runs at any 2 MiB-aligned address, so everything is PC-relative. */
#include "asm.h"

/* MAIR_EL2: 0 Device-nGnRnE, 1 Normal write-back read/write-allocate. */
#define MAIR       0xff00
/* TCR_EL2 without PS: 48 bits, 4 KiB, inner shareable, write-back walks; bits 31 and 23 RES1. */
#define TCR        ((1 << 31) | (1 << 23) | (3 << 12) | (1 << 10) | (1 << 8) | 16)
#define SCTLR_RES1 0x30c50830
/* M, C, SA, I, WXN. */
#define SCTLR_ON   (SCTLR_RES1 | 0x1 | 0x4 | 0x8 | 0x1000 | (1 << 19))
#define HCR_RW     (1 << 31)

/* SCR_EL3: Non-secure, RES1, HVC on, AArch64 below. IRQ, FIQ and external aborts stay below EL3, and SMC comes here. */
#define SCR     ((1 << 10) | (1 << 8) | (3 << 4) | 1)
#define SCR_APK (1 << 16)
#define SCR_API (1 << 17)
#define SCR_FGTEN (1 << 27)
#define SCR_HXEN  (1 << 38)
#define EL2H_MASKED 0x3c9
#define EC_SMC64 0x17

/* The link address of \label, while running at the load address. */
.macro adr_high reg, label
    adrp    \reg, \label
    add     \reg, \reg, :lo12:\label
    adrp    x3, _start
    sub     \reg, \reg, x3
    constant x3, IMAGE_VA
    add     \reg, \reg, x3
.endm

    .section .head.text, "ax"
    .global _start
_start:
    b       primary
    .long   0
    .quad   0                       // text_offset
    .quad   __image_size            // memory that the loader keeps free, NOBITS included
    .quad   0xa                     // little endian, 4 KiB pages, anywhere in memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

/* x0 = physical address of the DTB, MMU and caches off. */
primary:
    mov     x20, x0
    mrs     x22, CurrentEL
    bl      enter_el2
    adrp    x21, _start             // where we were loaded
    bl      build_tables
    adrp    x1, __tables_start
    adr_high x2, primary_high
    b       mmu_on

/* PSCI CPU_ON's entry: x0 = context = CPU index. The tables exist; they were written with caches on and this CPU's
 * walks are cacheable and inner shareable, so nothing needs cleaning. */
    .global secondary
secondary:
    mov     x20, x0
    bl      enter_el2
    adrp    x1, __tables_start
    adr_high x2, secondary_high
    b       mmu_on

/* Falls from EL3 to EL2 or stays at EL2; elsewhere there is nothing to run on. Clobbers x0-x3. */
enter_el2:
    msr     daifset, #0xf
    mrs     x0, CurrentEL
    cmp     x0, #(2 << 2)
    b.eq    3f
    b.lo    4f
    mov     x2, x30
    bl      leave_el3
    mov     x30, x2
3:  // A loader may leave SCTLR and HCR (E2H, TGE) as it liked: known values first.
    constant x0, HCR_RW
    msr     hcr_el2, x0
    constant x0, SCTLR_RES1
    msr     sctlr_el2, x0
    b       trap_finely
4:  wfi                             // EL1: the loader was itself a guest; nothing may be touched
    b       4b

/* A spin table's entries, one for each CPU (src/core/firmware.ts): no register says which CPU this is, so the address does. */
    .global secondary_spin
secondary_spin:
    .set    cpu, 0
    .rept   MAX_CPUS
    mov     x0, #cpu
    b       secondary
    .set    cpu, cpu + 1
    .endr

/* Registers of newer CPUs whose values at reset nobody says: no fine-grained trap but those that a 0 asks for, and nothing of
 * HCRX_EL2. Guests do not see what these belong to (src/arch/id.ts). Ends enter_el2. */
trap_finely:
    mrs     x0, id_aa64mmfr0_el1
    ubfx    x0, x0, #56, #4         // FGT
    cbz     x0, 1f
    msr     S3_4_C1_C1_4, xzr       // HFGRTR_EL2
    msr     S3_4_C1_C1_5, xzr       // HFGWTR_EL2
    msr     S3_4_C1_C1_6, xzr       // HFGITR_EL2
    msr     S3_4_C3_C1_4, xzr       // HDFGRTR_EL2
    msr     S3_4_C3_C1_5, xzr       // HDFGWTR_EL2
    cmp     x0, #2                  // FGT2
    b.lo    1f
    msr     S3_4_C3_C1_2, xzr       // HFGRTR2_EL2
    msr     S3_4_C3_C1_3, xzr       // HFGWTR2_EL2
    msr     S3_4_C3_C1_7, xzr       // HFGITR2_EL2
    msr     S3_4_C3_C1_0, xzr       // HDFGRTR2_EL2
    msr     S3_4_C3_C1_1, xzr       // HDFGWTR2_EL2
1:  mrs     x0, id_aa64mmfr1_el1
    ubfx    x0, x0, #40, #4         // HCX
    cbz     x0, 1f
    msr     S3_4_C1_C2_2, xzr       // HCRX_EL2
1:  isb
    msr     spsel, #1
    ret

/* The image's first 2 KiB are EL3's vector table as well, where it is ours: what stands between its slots is code. Here: EL3's
 * own fault, after which nothing is left to do. */
    .org    0x200
    b       .

/* From EL3 to EL2, at x30. Clobbers x0, x1 and x3. */
leave_el3:
    adrp    x0, _start
    msr     vbar_el3, x0
    mov     x0, #SCR
    mrs     x1, id_aa64isar1_el1
    mrs     x3, S3_0_C0_C6_2        // ID_AA64ISAR2_EL1
    orr     x1, x1, x3, lsr #4
    tst     x1, #0xff0              // pointer authentication: its keys and instructions are not ours to trap
    orr     x1, x0, #(SCR_APK | SCR_API)
    csel    x0, x0, x1, eq
    mrs     x1, id_aa64mmfr0_el1
    ubfx    x1, x1, #56, #4
    cbz     x1, 1f
    orr     x0, x0, #SCR_FGTEN
1:  mrs     x1, id_aa64mmfr1_el1
    ubfx    x1, x1, #40, #4
    cbz     x1, 1f
    orr     x0, x0, #SCR_HXEN
1:  msr     scr_el3, x0
    msr     cptr_el3, xzr
    msr     mdcr_el3, xzr
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4
    cbz     x0, 2f
    mov     x0, #0xf                // ICC_SRE_EL3: system registers, also for lower levels
    msr     S3_6_C12_C12_5, x0
    isb
2:  mov     x0, #EL2H_MASKED
    msr     spsr_el3, x0
    msr     elr_el3, x30
    eret

/* Turns the MMU on and goes on at virtual address x2; x1 = root table.
 * There is no identity map: once M is set, this code's address translates to nothing or to data, and the next fetch takes an
 * instruction abort. Exception entry synchronises the new context; with SP_EL0 selected it leads to the first slot of `vectors`,
 * which nothing else ever takes, and on to x2. */
mmu_on:
    msr     spsel, #0
    msr     ttbr0_el2, x1
    mov     x0, #MAIR
    msr     mair_el2, x0
    constant x0, TCR
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #0xf            // PARange
    cmp     x1, #5
    mov     x3, #5                  // this table format ends at 48 bits
    csel    x1, x1, x3, lo
    orr     x0, x0, x1, lsl #16
    msr     tcr_el2, x0
    adr_high x0, vectors
    msr     vbar_el2, x0
    tlbi    alle2
    ic      iallu
    dsb     nsh
    isb
    constant x0, SCTLR_ON
    msr     sctlr_el2, x0
    isb
    b       .

/* SMC from EL2, with what only a Secure access can set up; guests cannot: HCR_EL2.TSC. EL3's MMU is off: the write goes to a
 * Secure physical address as Device-nGnRnE. x0 = MONITOR_WRITE32, x1 = physical address, w2 = word. Result: x0 = 0, or -1 for
 * anything else. What a lower level does to come here in another way it does again, until an interrupt takes it away. */
    .section .monitor.text, "ax"
    msr     tpidr_el3, x3
    mrs     x3, esr_el3
    lsr     x3, x3, #26
    cmp     x3, #EC_SMC64
    b.ne    2f
    constant x3, MONITOR_WRITE32
    cmp     x0, x3
    mov     x0, #-1
    b.ne    2f
    str     w2, [x1]
    dsb     sy
    mov     x0, xzr
2:  mrs     x3, tpidr_el3
    eret
