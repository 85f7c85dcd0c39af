/*
 * What every isolation guest shares: it asks one question of the machine, prints `PASS name` or `FAIL name why ...` and
 * switches the machine off. A guest is NAME, this file, and its code from `test:` on; it ends with `b pass` or `fail`.
 *
 * x19 DTB, x20 to x23 the test's own. An exception leaves ESR in x25, FAR in x26, ELR in x27, adds 1 to x28, and goes
 * on at x24, or behind the instruction if x24 is 0. Subroutines here use x0 to x9. MMU off (mmu.h switches it on).
 */
#include "layout.h"
#include "constant.h"

    .arch_extension simd

/* Every isolation guest's VM has this much; test/guest/catalogue.ts says the same. */
#define RAM_SIZE 0x1000000
/* A page below its RAM with nothing in it, on QEMU's bare `virt` too. */
#define HOLE     0x0b000000

/* ESR_ELx.EC and fault status codes, DDI 0487 "ESR_EL1, Exception Syndrome Register". */
#define EC_UNKNOWN           0x00
#define EC_SVC               0x15
#define EC_INSTRUCTION_ABORT 0x21
#define EC_DATA_ABORT        0x25
#define EC_BRK               0x3c
#define EXTERNAL_ABORT       0x10
#define EXTERNAL_ON_WALK     0x14

#define PSCI_VERSION      0x84000000
#define PSCI_CPU_SUSPEND  0x84000001
#define PSCI_CPU_ON       0xc4000003
#define PSCI_AFFINITY     0xc4000004
#define PSCI_SYSTEM_OFF   0x84000008
#define PSCI_SYSTEM_RESET 0x84000009
#define PSCI_FEATURES     0x8400000a

.macro fail why
    adr     x0, 9f
    b       failed
9:  .asciz  "\why"
    .balign 4
.endm

/* Before an instruction that may fault. */
.macro probe
    mov     x28, #0
    mov     x25, #0
    mov     x26, #0
.endm

/* The last probe must have faulted once, with this class, and as a data or instruction abort also with FSC \fsc at \far. */
.macro expect ec, fsc, far
    mov     x0, #\ec
    mov     x1, #\fsc
    mov     x2, \far
    bl      expect_fault
.endm

/* The last probe must have been UNDEFINED. */
.macro expect_undefined
    mov     x0, #EC_UNKNOWN
    bl      expect_class
.endm

    .section .head.text, "ax"
    b       start
    .long   0
    .quad   0x80000
    .quad   __image_size
    .quad   0x2
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

start:
#ifdef LEFT_OVER
    // What was left in registers, for the test to look at: none of it is the guest's.
    orr     x1, x1, x2
    .irp    n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    orr     x1, x1, x\n
    .endr
    mov     x20, x1
#endif
    mov     x19, x0
    adr     x0, vectors
    msr     vbar_el1, x0
    adrp    x0, stack_top
    mov     sp, x0
    mov     x24, #0
    mov     x28, #0
    isb
    b       test

pass:
    adr     x0, 1f
    bl      print
    b       off
1:  .ascii  "PASS ", NAME
    .asciz  "\r\n"
    .balign 4

/* x0 = why. The last exception's registers help to find out. */
failed:
    mov     x23, x0
    adr     x0, 1f
    bl      print
    mov     x0, x23
    bl      print
    adr     x0, 2f
    bl      print
    mov     x0, x25
    bl      print_hex
    adr     x0, 3f
    bl      print
    mov     x0, x26
    bl      print_hex
    adr     x0, 4f
    bl      print
    mov     x0, x27
    bl      print_hex
    adr     x0, 5f
    bl      print
    mov     x0, x20
    bl      print_hex
    adr     x0, 6f
    bl      print
off:
    constant x0, PSCI_SYSTEM_OFF
    hvc     #0
    b       off
1:  .ascii  "FAIL ", NAME
    .asciz  " "
2:  .asciz  ": esr "
3:  .asciz  " far "
4:  .asciz  " elr "
5:  .asciz  " x20 "
6:  .asciz  "\r\n"
    .balign 4

expect_fault:
    cmp     x28, #1
    b.ne    1f
    lsr     x3, x25, #26
    cmp     x3, x0
    b.ne    2f
    and     x3, x25, #0x3f
    cmp     x3, x1
    b.ne    3f
    cmp     x26, x2
    b.ne    4f
    ret
1:  fail    "not exactly one exception"
2:  fail    "wrong exception class"
3:  fail    "wrong fault status"
4:  fail    "wrong FAR"

expect_class:
    cmp     x28, #1
    b.ne    1f
    lsr     x3, x25, #26
    cmp     x3, x0
    b.ne    2f
    ret
1:  fail    "not exactly one exception"
2:  fail    "wrong exception class"

/* The last probe may have worked or have been UNDEFINED, and nothing else. */
expect_value_or_undefined:
    cbz     x28, 1f
    mov     x0, #EC_UNKNOWN
    b       expect_class
1:  ret

#include "print.h"

.macro unexpected offset
    .balign 128
    mrs     x25, esr_el1
    mrs     x26, far_el1
    mrs     x27, elr_el1
    mov     x20, #\offset
    fail    "unexpected vector, its offset in x20"
.endm

    .balign 2048
vectors:
    unexpected 0x000
    unexpected 0x080
    unexpected 0x100
    unexpected 0x180
    .balign 128                     // synchronous
    mrs     x25, esr_el1
    mrs     x26, far_el1
    mrs     x27, elr_el1
    add     x28, x28, #1
    add     x27, x27, #4
    msr     elr_el1, x27
    sub     x27, x27, #4
    cbz     x24, 1f
    msr     elr_el1, x24
1:  eret
    .balign 128                     // IRQ
#ifdef IRQ
    b       interrupt
#else
    unexpected 0x280
#endif
    unexpected 0x300
    unexpected 0x380
    .set    offset, 0x400
    .rept   8
    unexpected offset
    .set    offset, offset + 0x80
    .endr

    .section .bss.stack, "aw", %nobits
    .balign 4096
    .skip   8192
stack_top:

    .text
