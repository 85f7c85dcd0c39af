/* A CPU's wait for its turn in a ticket lock: src/lib/lock.ts. */
#include "asm.h"

/* Looks before the first nap: on a board far longer than anyone holds a lock. */
#define LOOKS 4096

/* Until the word at x15 is w16; goes back to x17, and changes x10 to x14 only.
 * Who waits long waits for a CPU that does not run: an emulator has fewer threads than the board has CPUs, and those that only look
 * keep the thread that would let them in. So they nap between looks: WFI for 1/16384 s, by EL2's own timer, which is afterwards as
 * it was; its interrupt is a level, and gone then (DDI 0487, "Operation of the CompareValue views of the timers"). An interrupt
 * that waits already ends the WFI at once. */
function bulkhead_wait_turn
    mov     w10, #LOOKS
1:  yield
2:  ldar    w11, [x15]
    cmp     w11, w16
    b.eq    4f
    subs    w10, w10, #1
    b.pl    1b
    mrs     x11, cnthp_ctl_el2
    mrs     x12, cnthp_cval_el2
    mrs     x13, cntpct_el0
    mrs     x14, cntfrq_el0
    add     x13, x13, x14, lsr #14
    tbz     x11, #0, 3f             // off
    cmp     x12, x13
    csel    x13, x12, x13, lo       // the scheduler's deadline, if that comes first
3:  mov     x14, #1
    msr     cnthp_cval_el2, x13
    msr     cnthp_ctl_el2, x14
    isb
    wfi
    msr     cnthp_cval_el2, x12
    msr     cnthp_ctl_el2, x11
    isb
    b       2b
4:  br      x17
end bulkhead_wait_turn
