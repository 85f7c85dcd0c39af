/* The physical count at a guest's very first instruction: under -icount, instructions since reset. 10 KiB, as the peers' guest. */
#include "layout.h"
#include "../guest/constant.h"

#define IMAGE_BYTES     10240
#define PSCI_SYSTEM_OFF 0x84000008

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
    adr     x0, label
    bl      print
    // Decimal, from the last digit.
    adr     x0, digits_end
    mov     x1, #10
3:  udiv    x2, x20, x1
    msub    x3, x2, x1, x20
    add     w3, w3, #'0'
    strb    w3, [x0, #-1]!
    mov     x20, x2
    cbnz    x2, 3b
    bl      print
    constant x0, PSCI_SYSTEM_OFF
    hvc     #0
4:  wfi
    b       4b

#include "../guest/print.h"

label:
    .asciz  "bench boot "
    .skip   20, '0'
digits_end:
    .asciz  "\r\n"
    .skip   IMAGE_BYTES - (. - first)
