/* An exception while VBAR_EL1 points at nothing: it can never go on. It has to end in the stop of this VM. */
#define NAME "no-vectors"
#include "kit.h"

test:
    adr     x0, 1f
    bl      print
    constant x0, HOLE
    msr     vbar_el1, x0
    isb
    udf     #0
    fail    "went on behind an exception without vectors"
1:  .asciz  "no-vectors begins\r\n"
    .balign 4
