/* The registers of EL1 and EL0: a vCPU finds them as after reset, never as another guest or the loader left them. */
#include "asm.h"

    .arch_extension fp
    .arch_extension simd

.macro every_key pair
    \pair   S3_0_C2_C1_0, S3_0_C2_C1_1
    \pair   S3_0_C2_C1_2, S3_0_C2_C1_3
    \pair   S3_0_C2_C2_0, S3_0_C2_C2_1
    \pair   S3_0_C2_C2_2, S3_0_C2_C2_3
    \pair   S3_0_C2_C3_0, S3_0_C2_C3_1
.endm
/* To 1 if there is no pointer authentication, as the CPU's page has it from before its first guest: ID_AA64ISAR1_EL1 (APA, API)
 * and ID_AA64ISAR2_EL1 (APA3, GPA3). Two more reads would cost each world switch. */
.macro unless_keys
    mrs     x1, tpidr_el2
    ldr     w1, [x1, #CPU_KEYS]
    cbz     w1, 1f
.endm
.macro clear_pair a, b
    msr     \a, xzr
    msr     \b, xzr
.endm

/* DDI 0487, "Reset": SCTLR_EL1 with the MMU off; everything else that would be UNKNOWN is 0, FP/SIMD registers too. */
function bulkhead_reset_el1
    constant x0, 0x30d00800
    msr     sctlr_el1, x0
    .irp    name, actlr_el1, cpacr_el1, ttbr0_el1, ttbr1_el1, tcr_el1, mair_el1, amair_el1, vbar_el1, contextidr_el1, \
                  esr_el1, far_el1, afsr0_el1, afsr1_el1, elr_el1, spsr_el1, sp_el0, sp_el1, tpidr_el0, tpidrro_el0, \
                  tpidr_el1, par_el1, csselr_el1, cntkctl_el1, cntv_ctl_el0, cntv_cval_el0, cntp_ctl_el0, cntp_cval_el0
    msr     \name, xzr
    .endr
    msr     fpcr, xzr
    msr     fpsr, xzr
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    movi    v\n\().2d, #0
    .endr
    mrs     x1, id_aa64isar1_el1
    mrs     x2, S3_0_C0_C6_2
    orr     x1, x1, x2, lsr #4
    and     x1, x1, #0xff0
    mrs     x2, tpidr_el2
    str     w1, [x2, #CPU_KEYS]
    cbz     w1, 1f
    every_key clear_pair
1:  isb
    ret
end bulkhead_reset_el1

/* What a world switch moves between the CPU and a vCPU's area (x0): EL1 and EL0 registers, pointer keys where the CPU has
 * them, FP/SIMD. The timers, list registers and stage 2 are src/core/world.ts's. */

.macro save_pair a, b
    mrs     x1, \a
    mrs     x2, \b
    stp     x1, x2, [x0], #16
.endm
.macro load_pair a, b
    ldp     x1, x2, [x0], #16
    msr     \a, x1
    msr     \b, x2
.endm
.macro every_pair pair
    \pair   sctlr_el1, cpacr_el1
    \pair   ttbr0_el1, ttbr1_el1
    \pair   tcr_el1, mair_el1
    \pair   amair_el1, vbar_el1
    \pair   contextidr_el1, esr_el1
    \pair   far_el1, afsr0_el1
    \pair   afsr1_el1, elr_el1
    \pair   spsr_el1, sp_el0
    \pair   sp_el1, tpidr_el0
    \pair   tpidrro_el0, tpidr_el1
    \pair   par_el1, csselr_el1
    \pair   cntkctl_el1, fpcr
.endm

function bulkhead_save_el1
    every_pair save_pair
    mrs     x1, fpsr
    str     x1, [x0], #16
    q_stream stp, x0, 0, 31
    unless_keys
    every_key save_pair
1:  ret
end bulkhead_save_el1

function bulkhead_load_el1
    every_pair load_pair
    ldr     x1, [x0], #16
    msr     fpsr, x1
    q_stream ldp, x0, 0, 31
    unless_keys
    every_key load_pair
1:  isb
    ret
end bulkhead_load_el1
