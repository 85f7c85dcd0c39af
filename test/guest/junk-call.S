/* HVC and SMC with function ids that nobody defined: NOT_SUPPORTED, and no other register changes. DEN 0028. */
#define NAME "junk-call"
#include "kit.h"

test:
    adr     x20, ids
    adr     x21, ids_end
1:  ldr     x22, [x20], #8
    bl      fill
    mov     x0, x22
    hvc     #0
    bl      check
    bl      fill
    mov     x0, x22
    smc     #0
    bl      check
    cmp     x20, x21
    b.lo    1b
    // Only immediate 0 is SMCCC's; any other is refused in the same way or is UNDEFINED.
    probe
    bl      fill
    constant x0, PSCI_SYSTEM_OFF
    hvc     #1
    cbnz    x28, 2f
    bl      check
2:  probe
    bl      fill
    constant x0, PSCI_SYSTEM_OFF
    smc     #0xffff
    cbnz    x28, 3f
    bl      check
    // What is defined still answers, by both.
3:  constant x0, PSCI_VERSION
    hvc     #0
    mov     x20, x0
    constant x0, PSCI_VERSION
    smc     #0
    cmp     x0, x20
    b.ne    4f
    lsr     x0, x0, #16
    cmp     x0, #1
    b.ne    4f
    b       pass
4:  fail    "PSCI_VERSION does not answer 1.x by HVC and SMC alike"

/* x1 to x17 get values that tell them apart; x0 is the caller's, x18 to x30 are in use or empty. */
fill:
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18
    mov     x\n, #(0x5a00 + \n)
    .endr
    ret

check:
    cmn     w0, #1
    b.ne    1f
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18
    sub     x\n, x\n, #0x5000
    sub     x\n, x\n, #0xa00
    cmp     x\n, #\n
    b.ne    2f
    .endr
    ret
1:  mov     x20, x22
    fail    "not NOT_SUPPORTED, id in x20"
2:  mov     x20, x22
    fail    "a register changed, id in x20"

    .balign 8
ids:
    .quad   0, 1, 0xffffffff, 0xffffffffffffffff, 0x7fffffff
    .quad   0x80000000 + 0x7777, 0x8000ff00, 0x8000ff01
    .quad   0x81000000, 0x82000000, 0x83000000, 0xc3000001
    .quad   0x84000020, 0x8400ffff, 0xc4000020, 0xc400ffff
    .quad   0xc4000000, 0xc4000002, 0xc4000008, 0xc4000009
    .quad   0x85000000, 0x86000000, 0xc6000000, 0x8600ff01
    .quad   0x87000000, 0xb0000000, 0xb2000000, 0xbf00ff01, 0xff00ffff
    .quad   0x04000000, 0x02000000, 0x30000000
ids_end:
