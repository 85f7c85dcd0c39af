/* What it finds at its first instruction: no one else's data, in general or vector registers, in system registers, in memory. */
#define NAME "clean-start"
#define LEFT_OVER
#include "kit.h"

.macro clean reg
    mrs     x0, \reg
    cbnz    x0, 3f
.endm

test:
    cbnz    x20, 1f
    mov     x0, #(3 << 20)
    msr     cpacr_el1, x0
    isb
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    orr     v0.16b, v0.16b, v\n\().16b
    .endr
    mov     x0, v0.d[0]
    mov     x1, v0.d[1]
    orr     x20, x0, x1
    cbnz    x20, 2f
    clean   tpidr_el0
    clean   tpidrro_el0
    clean   tpidr_el1
    clean   sp_el0
    clean   ttbr0_el1
    clean   ttbr1_el1
    clean   mair_el1
    clean   elr_el1
    clean   far_el1
    clean   esr_el1
    clean   par_el1
    clean   contextidr_el1
    clean   cntv_ctl_el0
    clean   cntkctl_el1
    // Its RAM, but for the image and the DTB.
    constant x20, RAM_IPA
    constant x21, (RAM_IPA + RAM_SIZE)
    adrp    x1, __image_start
    adrp    x2, __image_end
    ldr     w3, [x19, #4]
    rev     w3, w3
    add     x3, x3, x19
    add     x3, x3, #7
    and     x3, x3, #~7
4:  cmp     x20, x1
    ccmp    x20, x2, #2, hs
    b.lo    5f
    cmp     x20, x19
    ccmp    x20, x3, #2, hs
    b.lo    5f
    ldr     x0, [x20]
    cbnz    x0, 6f
5:  add     x20, x20, #8
    cmp     x20, x21
    b.lo    4b
    b       pass
1:  fail    "a general register holds something, all of them ORed in x20"
2:  fail    "a vector register holds something, all of them ORed in x20"
3:  mov     x20, x0
    fail    "a system register holds something, its value in x20"
6:  fail    "memory holds something, its address in x20"
