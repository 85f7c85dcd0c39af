/* The registers of EL1 and EL0: a vCPU finds them as after reset, never as another guest or the loader left them. */
#include "asm.h"

    .arch_extension fp
    .arch_extension simd

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
    isb
    ret
end bulkhead_reset_el1
