/* Registers and instructions of EL2 and EL3: UNDEFINED at EL1, to read and to write. DDI 0487 "AArch64 System Register Descriptions". */
#define NAME "el2-register"
#include "kit.h"

.macro refuse reg
    mov     x20, #\@
    probe
    mrs     x0, \reg
    expect_undefined
    probe
    msr     \reg, xzr
    expect_undefined
.endm

.macro refuse_instruction text:vararg
    mov     x20, #\@
    probe
    \text
    expect_undefined
.endm

test:
    refuse  hcr_el2
    refuse  hstr_el2
    refuse  cptr_el2
    refuse  mdcr_el2
    refuse  sctlr_el2
    refuse  vttbr_el2
    refuse  vtcr_el2
    refuse  ttbr0_el2
    refuse  tcr_el2
    refuse  mair_el2
    refuse  vbar_el2
    refuse  esr_el2
    refuse  far_el2
    refuse  hpfar_el2
    refuse  elr_el2
    refuse  spsr_el2
    refuse  tpidr_el2
    refuse  vmpidr_el2
    refuse  vpidr_el2
    refuse  cntvoff_el2
    refuse  cnthctl_el2
    refuse  cnthp_ctl_el2
    refuse  cnthp_cval_el2
    refuse  S3_4_C12_C9_5           // ICC_SRE_EL2
    refuse  S3_4_C12_C11_0          // ICH_HCR_EL2
    refuse  S3_4_C12_C11_7          // ICH_VMCR_EL2
    refuse  S3_4_C12_C12_0          // ICH_LR0_EL2
    refuse  scr_el3
    refuse  sctlr_el3
    refuse  vbar_el3
    refuse  sp_el1                  // EL2's view of EL1's stack pointer
    refuse_instruction tlbi alle1
    refuse_instruction tlbi alle2
    refuse_instruction tlbi vmalls12e1
    refuse_instruction tlbi ipas2e1is, x0
    refuse_instruction at s12e1r, x0
    refuse_instruction at s1e2r, x0
    b       pass
