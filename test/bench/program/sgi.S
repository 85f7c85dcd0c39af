/* vCPU 0 sends SGI 1 to vCPU 1, which polls for it, again and again; both run on their cores all the time. */
#include "image.h"
#include "gic.h"

#define TIMES 40
#define SGI   1

start:
    gic_on  0, SGI
    constant x0, PSCI_CPU_ON
    mov     x1, #1
    adr     x2, second
    mov     x3, #0
    hvc     #0
    adr     x20, received
1:  ldr     w1, [x20]
    cbz     w1, 1b                          // vCPU 1 counts from 1: it is ready
    mov     w23, #1
2:  dsb     sy
    cbz     x21, 3f
    constant x1, ((SGI << 24) | 2)          // INTID, target list
    msr     S3_0_C12_C11_5, x1              // ICC_SGI1R_EL1
    isb
    b       4f
3:  constant x0, (GICD_IPA + 0xf00)
    constant x1, ((2 << 16) | SGI)          // target list, INTID
    str     w1, [x0]
4:  add     w23, w23, #1
5:  ldr     w1, [x20]
    cmp     w1, w23
    b.ne    5b
    cmp     w23, #TIMES
    b.ne    2b
    constant x0, PSCI_SYSTEM_OFF
    hvc     #0
6:  wfi
    b       6b

second:
    gic_on  1, SGI
    adr     x20, received
    mov     w23, #1
7:  str     w23, [x20]
8:  gic_acknowledge
    and     w2, w0, #0x3ff
    cmp     w2, #SGI
    b.ne    8b
    gic_end
    add     w23, w23, #1
    b       7b

    .balign 8
received:
    .quad   0
