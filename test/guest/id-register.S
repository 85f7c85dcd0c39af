/* The ID space, allocated or not, reads without harm; registers of implementations and of absent extensions do no harm either. */
#define NAME "id-register"
#include "kit.h"

.macro read_id crm, op2
    mov     x20, #((\crm << 4) | \op2)
    probe
    mrs     x0, S3_0_C0_C\crm\()_\op2
    cbnz    x28, 1f
.endm

.macro row crm
    .irp    op2, 0,1,2,3,4,5,6,7
    read_id \crm, \op2
    .endr
.endm

.macro try reg
    mov     x20, #\@
    probe
    mrs     x0, \reg
    bl      expect_value_or_undefined
    probe
    mov     x0, #-1
    msr     \reg, x0
    isb
    bl      expect_value_or_undefined
.endm

test:
    // CRm 1 to 7, the whole ID space of op0 3, op1 0, CRn 0: unallocated ones read as zero.
    row     1
    row     2
    row     3
    row     4
    row     5
    row     6
    row     7
    try     S3_1_C15_C2_0           // CPUACTLR_EL1 of Cortex-A57 and A72
    try     S3_1_C15_C2_1           // CPUECTLR_EL1
    try     S3_1_C11_C0_3           // L2ECTLR_EL1
    try     S3_3_C15_C0_0
    try     S3_0_C15_C0_0
    try     S3_0_C1_C2_0            // ZCR_EL1: SVE
    try     S3_0_C10_C4_4           // MPAM
    try     S3_0_C9_C9_0            // PMSCR_EL1: statistical profiling
    try     S3_0_C1_C2_1            // TRFCR_EL1: trace filter
    b       pass
1:  fail    "an ID register does not read, CRm and op2 in x20"
