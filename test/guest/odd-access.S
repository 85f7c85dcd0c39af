/* Loads and stores to emulated devices that a syndrome does not describe: unaligned, pairs, writeback, exclusives, vectors, cache operations. */
#define NAME "odd-access"
#include "kit.h"
#include "mmu.h"

#define ALIGNMENT 0x21

/* x21 = \at; \text works and moves x21 on by \delta, or aborts without moving it. */
.macro odd at, delta, text:vararg
    mov     x20, #\@
    constant x21, \at
    mov     x22, x21
    mov     x23, #\delta
    probe
    \text
    bl      verdict
.endm

.macro sweep at
    odd     \at, 0, ldr w0, [x21, #1]
    odd     \at, 0, ldr x0, [x21, #5]
    odd     \at, 0, ldrh w0, [x21, #3]
    odd     \at, 0, str w0, [x21, #6]
    odd     \at, 0, ldr x0, [x21, #0xff8]
    odd     (\at + 0xffd), 0, ldr x0, [x21]
    odd     (\at + 0xffe), 0, str wzr, [x21]
    odd     \at, 0, ldp w0, w1, [x21]
    odd     \at, 0, ldp x0, x1, [x21, #16]
    odd     \at, 0, ldnp x0, x1, [x21]
    odd     (\at + 0x100), 0, stp w0, w1, [x21]
    odd     (\at + 0x100), 0, stp xzr, xzr, [x21]
    odd     \at, 8, ldr x0, [x21], #8
    odd     \at, 4, ldr w0, [x21, #4]!
    odd     \at, 1, ldrb w0, [x21], #1
    odd     (\at + 0x100), 4, str wzr, [x21], #4
    odd     (\at + 0x100), 8, str x0, [x21, #8]!
    odd     \at, 16, ldp x0, x1, [x21], #16
    odd     \at, 0, ldrsb x0, [x21]
    odd     \at, 0, ldrsh w0, [x21]
    odd     \at, 0, ldrsw x0, [x21]
    odd     \at, 0, ldur w0, [x21, #4]
    odd     \at, 0, ldtr w0, [x21]
    odd     (\at + 0x100), 0, sttr w0, [x21]
    odd     \at, 0, ldr wzr, [x21]
    odd     \at, 0, ldar w0, [x21]
    odd     (\at + 0x100), 0, stlr wzr, [x21]
    odd     \at, 0, ldxr w0, [x21]
    odd     \at, 0, ldxp x0, x1, [x21]
    odd     (\at + 0x100), 0, stxr w0, w1, [x21]
    odd     \at, 0, ldr s0, [x21]
    odd     \at, 0, ldr d0, [x21]
    odd     \at, 0, ldr q0, [x21]
    odd     (\at + 0x100), 0, str q0, [x21]
    odd     (\at + 0x100), 16, st1 {v0.16b}, [x21], #16
    odd     \at, 64, ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x21], #64
    odd     \at, 0, ld1 {v0.b}[3], [x21]
    odd     (\at + 0x100), 0, dc zva, x21
    odd     \at, 0, dc cvac, x21
    odd     \at, 0, dc civac, x21
    odd     \at, 0, dc ivac, x21
    odd     \at, 0, ic ivau, x21
    odd     \at, 0, prfm pldl1keep, [x21]
    odd     \at, 0, at s1e1r, x21
.endm

test:
    mov     x0, #(3 << 20)
    msr     cpacr_el1, x0
    isb
    bl      mmu_on
    sweep   UART_IPA
    sweep   GICD_IPA
    sweep   RTC_IPA
    sweep   VIRTIO_IPA
    sweep   HOLE
    b       pass

verdict:
    cbz     x28, 1f
    cmp     x28, #1
    b.ne    2f
    lsr     x0, x25, #26
    cmp     x0, #EC_DATA_ABORT
    b.ne    3f
    and     x0, x25, #0x3f
    cmp     x0, #EXTERNAL_ABORT
    mov     x1, #ALIGNMENT
    ccmp    x0, x1, #4, ne
    b.ne    4f
    // A fault is at the access's first byte or, across a page's end, at the next page's.
    sub     x0, x26, x22
    cmp     x0, #0x1000
    b.hs    5f
    mov     x23, #0
1:  add     x0, x22, x23
    cmp     x0, x21
    b.ne    6f
    ret
2:  fail    "more than one exception, macro number in x20"
3:  fail    "wrong exception class, macro number in x20"
4:  fail    "wrong fault status, macro number in x20"
5:  fail    "FAR is elsewhere, macro number in x20"
6:  fail    "wrong base register, macro number in x20"
