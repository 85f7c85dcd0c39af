/* Performance counters: UNDEFINED where ID_AA64DFR0_EL1 says that there are none, else they belong to the guest. */
#define NAME "pmu-register"
#include "kit.h"

.macro try reg
    mov     x20, #\@
    probe
    mrs     x0, \reg
    bl      check
    probe
    mov     x0, #-1
    msr     \reg, x0
    isb
    bl      check
.endm

test:
    mrs     x21, id_aa64dfr0_el1
    ubfx    x21, x21, #8, #4
    try     pmcr_el0
    try     pmcntenset_el0
    try     pmcntenclr_el0
    try     pmovsclr_el0
    try     pmselr_el0
    try     pmccntr_el0
    try     pmuserenr_el0
    try     pmintenset_el1
    try     pmintenclr_el1
    try     pmccfiltr_el0
    probe
    mrs     x0, pmceid0_el0
    bl      check
    // Switch off what was switched on.
    probe
    msr     pmcr_el0, xzr
    b       pass

/* No PMU (0) and one that is not the architecture's (0xf) leave these encodings UNDEFINED. */
check:
    cbz     x28, 1f
    mov     x0, #EC_UNKNOWN
    b       expect_class
1:  cbz     x21, 2f
    cmp     x21, #15
    b.eq    2f
    ret
2:  fail    "answers although ID_AA64DFR0_EL1 advertises no PMU"
