/*
 * From a boot loader or hypervisor to a guest's AssemblyScript: Image header, EL1, MMU and caches, bss, vectors.
 * Documents: Linux Documentation/arch/arm64/booting.rst (header, state at entry); DDI 0487 "The AArch64 Virtual Memory
 * System Architecture". Nothing is written to memory before the caches are on, so none of it needs maintenance.
 */
#include "layout.h"
#include "pair.h"

/* MAIR_EL1: 0 Device-nGnRE, 1 Normal write-back read/write-allocate. */
#define MAIR        0xff04
/* TCR_EL1 without IPS: 39 bits from one table of 1 GiB blocks, write-back inner shareable walks, no TTBR1. */
#define TCR         ((1 << 23) | (3 << 12) | (1 << 10) | (1 << 8) | 25)
/* SCTLR_EL1: RES1, M, C, SA, I. */
#define SCTLR_OFF   0x30d00800
#define SCTLR_ON    (SCTLR_OFF | 0x1 | 0x4 | 0x8 | 0x1000)
/* Block descriptors, DDI 0487 "VMSAv8-64 descriptor formats": AF, inner shareable; XN for devices. */
#define DEVICE      ((3 << 53) | 0x401)
#define NORMAL      0x705
#define STACK_BYTES 16384
/* x0-x18, x30, ELR, SPSR, in this order; a multiple of 16. */
#define FRAME       176

    .section .head.text, "ax"
_start:
    b       start
    .long   0
    .quad   0x80000                 // text_offset
    .quad   __image_size
    .quad   0x2                     // little endian, 4 KiB pages, near the start of memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

/* x0 = physical address of the DTB, MMU and caches off. Kept: x19 DTB, x20 physical count now, x21 exception level. */
start:
    mrs     x20, cntpct_el0
    mov     x19, x0
    msr     daifset, #0xf
    mrs     x21, CurrentEL
    lsr     x21, x21, #2
    cmp     x21, #2
    b.ne    enter
    bl      leave_el2

enter:
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     vbar_el1, x0
    mov     x0, #MAIR
    msr     mair_el1, x0
    ldr     x0, =TCR
    mrs     x1, id_aa64mmfr0_el1
    bfi     x0, x1, #32, #3         // IPS = what the CPU has
    msr     tcr_el1, x0
    adrp    x0, table
    msr     ttbr0_el1, x0
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    ldr     x0, =SCTLR_ON
    msr     sctlr_el1, x0
    isb

    adrp    x0, __bss_start
    adrp    x1, __bss_end
1:  cmp     x0, x1
    b.hs    2f
    stp     xzr, xzr, [x0], #16
    b       1b
2:  adrp    x0, stack + STACK_BYTES
    mov     sp, x0
    bl      guest_instantiate
    adrp    x0, guest_instance
    add     x0, x0, :lo12:guest_instance
    mov     x1, x19
    mov     x2, x20
    mov     w3, w21
    bl      w2c_guest_main
    mov     w0, w21
    b       guest_off

/* PSCI SYSTEM_OFF for a program that ends; w0 = the level it was entered at. Who came from EL2 has firmware behind SMC. */
    .section .text.guest_off, "ax"
    .global guest_off
guest_off:
    mov     w1, w0
    mov     w0, #0x0008
    movk    w0, #0x8400, lsl #16
    cmp     w1, #2
    b.eq    1f
    hvc     #0
    b       2f
1:  smc     #0
2:  wfi
    b       2b

/* EL2 stays behind, out of the way: no traps, no offset, EL1 is AArch64. Clobbers x0. */
leave_el2:
    mov     x0, #(1 << 31)
    msr     hcr_el2, x0
    mov     x0, #3
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
    mov     x0, #0x33ff
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4
    cbz     x0, 1f
    mov     x0, #0xf                // ICC_SRE_EL2: system registers, also for EL1
    msr     S3_4_C12_C9_5, x0
    isb
1:  ldr     x0, =SCTLR_OFF
    msr     sctlr_el1, x0
    mov     x0, #0x3c5              // EL1h, all masked
    msr     spsr_el2, x0
    msr     elr_el2, x30
    eret

/* The count at entry is read second, so that a program can tell how late it was called. */
.macro save
    stp     x0, x1, [sp, #-FRAME]!
    mrs     x1, cntvct_el0
    x_pairs stp, 2, 17, 16
    stp     x18, x30, [sp, #144]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #160]
    adrp    x0, guest_instance
    add     x0, x0, :lo12:guest_instance
.endm

.macro vector target
    .balign 128
    b       \target
.endm

    .section .text.vectors, "ax"
    .balign 2048
vectors:
    vector  on_sync                 // SP_EL0 is not used, nor EL0: what arrives there is an accident to report
    vector  on_sync
    vector  on_sync
    vector  on_sync
    vector  on_sync
    .balign 128                     // IRQ with SP_EL1
    save
    bl      w2c_guest_onIrq
    b       restore
    vector  on_irq                  // FIQ: group 0
    vector  on_sync                 // SError
    .rept   8
    vector  on_sync
    .endr

on_irq:
    save
    bl      w2c_guest_onIrq
    b       restore

/* onSync(esr, far, elr) answers where to go on. */
on_sync:
    save
    mov     x3, x2
    mrs     x1, esr_el1
    mrs     x2, far_el1
    bl      w2c_guest_onSync
    str     x0, [sp, #160]

restore:
    ldp     x2, x3, [sp, #160]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldp     x18, x30, [sp, #144]
    x_pairs ldp, 2, 17, 16
    ldp     x0, x1, [sp], #FRAME
    eret

/* Identity: devices in the first GiB, memory above it. In the file, since the loader has cleaned that to memory. */
    .section .data.table, "aw"
    .balign 4096
table:
    .quad   DEVICE
    .set    block, 1
    .rept   511
    .quad   (block << 30) | NORMAL
    .set    block, block + 1
    .endr

    .section .bss.stack, "aw", %nobits
    .balign 4096
stack:
    .skip   STACK_BYTES
