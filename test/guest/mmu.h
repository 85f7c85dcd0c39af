/* For guests that need stage 1: `bl mmu_on` maps everything one to one as Normal write-back memory, devices too. */

#define TABLE_NORMAL 0x701
/* AP[1] for the devices: LDTR and STTR act as EL0. What EL0 may write, EL1 may not execute, so not for its RAM. */
#define TABLE_EL0    0x40

    .section .text.mmu, "ax"
mmu_on:
    mov     x0, #0xff
    msr     mair_el1, x0
    constant x0, ((1 << 23) | (3 << 12) | (1 << 10) | (1 << 8) | 25)
    mrs     x1, id_aa64mmfr0_el1
    bfi     x0, x1, #32, #3
    msr     tcr_el1, x0
    adrp    x0, table
    msr     ttbr0_el1, x0
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    constant x0, 0x30d01805         // RES1, M, C, I; no alignment checks
    msr     sctlr_el1, x0
    isb
    ret

    .section .data.table, "aw"
    .balign 4096
table:
    .quad   TABLE_NORMAL | TABLE_EL0
    .set    block, 1
    .rept   511
    .quad   (block << 30) | TABLE_NORMAL
    .set    block, block + 1
    .endr

    .text
