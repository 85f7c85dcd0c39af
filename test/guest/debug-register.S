/* Debug registers: work, read as zero, or are UNDEFINED; no access ends in anything else, and no debug event reaches anyone. */
#define NAME "debug-register"
#include "kit.h"

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
    probe
    msr     \reg, xzr
    isb
    bl      expect_value_or_undefined
.endm

test:
    probe
    msr     oslar_el1, xzr
    isb
    bl      expect_value_or_undefined
    // Monitor debug events off first: a breakpoint on this very code would be the guest's own doing.
    probe
    msr     mdscr_el1, xzr
    bl      expect_value_or_undefined
    try     dbgbvr0_el1
    try     dbgbcr0_el1
    try     dbgwvr0_el1
    try     dbgwcr0_el1
    try     dbgbvr1_el1
    try     dbgbcr1_el1
    try     mdccint_el1
    try     osdlr_el1
    try     dbgprcr_el1
    try     dbgclaimset_el1
    try     mdscr_el1
    probe
    mrs     x0, mdrar_el1
    bl      expect_value_or_undefined
    probe
    mrs     x0, oslsr_el1
    bl      expect_value_or_undefined
    probe
    mrs     x0, dbgauthstatus_el1
    bl      expect_value_or_undefined
    probe
    mrs     x0, mdccsr_el0
    bl      expect_value_or_undefined
    // Its own breakpoint instruction is its own exception, not the hypervisor's.
    probe
    brk     #0
    mov     x0, #EC_BRK
    bl      expect_class
    // BRK's ELR is the instruction itself: the vector went on behind it.
    b       pass
