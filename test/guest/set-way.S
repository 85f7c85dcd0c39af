/* Cache maintenance by set and way, all of it, many times: done or trapped, and its own memory keeps its content. */
#define NAME "set-way"
#include "kit.h"

#define ROUNDS 4

test:
    adrp    x21, stack_top - 8192
    constant x22, 0x0123456789abcdef
    str     x22, [x21]
    mov     x23, #ROUNDS
1:  mov     x20, #0                 // level << 1
2:  msr     csselr_el1, x20
    isb
    mrs     x0, ccsidr_el1
    ubfx    x1, x0, #0, #3
    add     x1, x1, #4              // log2 of the line
    ubfx    x2, x0, #3, #10         // last way
    ubfx    x3, x0, #13, #15        // last set
    clz     w4, w2                  // shift of the way
3:  mov     x5, x3
4:  lsl     x6, x2, x4
    lsl     x7, x5, x1
    orr     x6, x6, x7
    orr     x6, x6, x20
    probe
    dc      csw, x6
    cbnz    x28, 5f
    dc      cisw, x6
    cbnz    x28, 5f
    subs    x5, x5, #1
    b.pl    4b
    subs    x2, x2, #1
    b.pl    3b
    add     x20, x20, #2
    cmp     x20, #4
    b.lo    2b
    subs    x23, x23, #1
    b.ne    1b
    ldr     x0, [x21]
    cmp     x0, x22
    b.ne    6f
    b       pass
5:  fail    "a clean by set and way faults, its argument's level in x20"
6:  fail    "memory changed"
