/* Crashes at a count that it says before, and says at which count its next life began: executed instructions under -icount. */
#include "layout.h"
#include "../guest/constant.h"

#define IMAGE_BYTES     10240
/* Instructions until the crash: after all that it still has to print. */
#define AHEAD           300000

    .section .head.text, "ax"
first:
    mrs     x20, cntpct_el0
    b       start
    .quad   0x80000
    .quad   __image_size
    .quad   0x2
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

start:
    constant x21, AHEAD
    mrs     x22, cntpct_el0
    add     x21, x21, x22
    adr     x0, began
    bl      print
    mov     x0, x20
    bl      print_hex
    adr     x0, crashes
    bl      print
    mov     x0, x21
    bl      print_hex
    adr     x0, line_end
    bl      print
    constant x0, 0x0f000000                 // nothing is there, so nothing is at its vectors
    msr     vbar_el1, x0
    isb
1:  mrs     x22, cntpct_el0
    cmp     x22, x21
    b.lo    1b
    udf     #0

#include "../guest/print.h"

began:
    .asciz  "bench began 0x"
crashes:
    .asciz  " crashes 0x"
line_end:
    .asciz  "\r\n"
    .skip   IMAGE_BYTES - (. - first)
