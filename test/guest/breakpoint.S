/* The guest's own debug: a breakpoint, a watchpoint and a software step are its own exceptions, at its own vectors, with what the
 * architecture says in ESR, FAR and ELR. DDI 0487, "AArch64 Self-hosted Debug". */
#define NAME "breakpoint"
#include "kit.h"

#define EC_BREAKPOINT 0x31
#define EC_STEP       0x33
#define EC_WATCHPOINT 0x35
/* MDSCR_EL1 */
#define SS  (1 << 0)
#define KDE (1 << 13)
#define MDE (1 << 15)
/* DBGBCR<n>_EL1: E, PMC for EL1, BAS for all of an instruction. */
#define BREAK_HERE ((0xf << 5) | (1 << 1) | 1)
/* DBGWCR<n>_EL1: E, PAC for EL1, LSC for stores, BAS for a doubleword. */
#define WATCH_STORES ((0xff << 5) | (2 << 3) | (1 << 1) | 1)
/* SPSR_EL1: SS, and EL1h with interrupts masked but not debug exceptions. */
#define STEP_STATE ((1 << 21) | (7 << 6) | 5)

test:
    msr     oslar_el1, xzr
    isb
    mov     x0, #(MDE | KDE)
    msr     mdscr_el1, x0
    isb
    mrs     x1, mdscr_el1
    and     x1, x1, x0
    cmp     x0, x1
    b.eq    1f
    fail    "MDSCR_EL1 keeps no value"
1:  msr     daifclr, #8
    mov     x22, #40                        // time for neighbours on the same core to come and go
again:
    // A breakpoint.
    adr     x0, here
    msr     dbgbvr1_el1, x0
    mov     x0, #BREAK_HERE
    msr     dbgbcr1_el1, x0
    isb
    probe
here:
    nop
    mov     x0, #EC_BREAKPOINT
    bl      expect_class
    adr     x0, here
    cmp     x0, x27
    b.eq    1f
    fail    "the breakpoint is elsewhere"
1:  mrs     x1, dbgbvr1_el1
    cmp     x0, x1
    b.eq    1f
    fail    "DBGBVR1_EL1 has lost its value"
1:  msr     dbgbcr1_el1, xzr
    isb
    probe
    bl      quiet                           // over the same address again
    // A watchpoint: a load goes by, a store does not.
    adr     x1, word
    msr     dbgwvr1_el1, x1
    mov     x0, #WATCH_STORES
    msr     dbgwcr1_el1, x0
    isb
    probe
    ldr     x2, [x1]
    cbz     x28, 1f
    fail    "a watchpoint on stores took a load"
1:  str     x22, [x1]
    mov     x0, #EC_WATCHPOINT
    bl      expect_class
    adr     x1, word
    cmp     x1, x26
    b.eq    1f
    fail    "the watchpoint's FAR is elsewhere"
1:  msr     dbgwcr1_el1, xzr
    isb
    str     x22, [x1]
    ldr     x2, [x1]
    cmp     x2, x22
    b.eq    1f
    fail    "a store was lost"
    // A step.
1:  adr     x0, step_vectors
    msr     vbar_el1, x0
    msr     daifset, #8                     // or the step begins at once
    mrs     x0, mdscr_el1
    orr     x0, x0, #SS
    msr     mdscr_el1, x0
    adr     x0, stepped
    msr     elr_el1, x0
    constant x0, STEP_STATE
    msr     spsr_el1, x0
    mov     x21, #0
    eret
stepped:
    add     x21, x21, #1
    add     x21, x21, #1
    add     x21, x21, #1
    fail    "a step does not end"
after_step:
    adr     x0, vectors
    msr     vbar_el1, x0
    lsr     x0, x25, #26
    cmp     x0, #EC_STEP
    b.ne    1f
    adr     x0, stepped + 4
    cmp     x0, x27
    ccmp    x21, #1, #0, eq
    b.eq    2f
1:  fail    "a step is not one instruction"
2:  msr     daifclr, #8
    isb
    // About a millisecond, so that all of these together outlast several turns of a shared core.
    mrs     x0, cntfrq_el0
    lsr     x0, x0, #10
    mrs     x1, cntvct_el0
    add     x0, x0, x1
3:  isb
    mrs     x1, cntvct_el0
    cmp     x1, x0
    b.lo    3b
    subs    x22, x22, #1
    b.ne    again
    msr     mdscr_el1, xzr
    b       pass

quiet:
    cbz     x28, 1f
    fail    "a breakpoint that is off"
1:  ret

    .balign 8
word:
    .quad   0

    .balign 2048
step_vectors:
    .space  0x200
    mrs     x25, esr_el1
    mrs     x27, elr_el1
    mrs     x0, mdscr_el1
    bic     x0, x0, #SS
    msr     mdscr_el1, x0
    isb
    b       after_step
