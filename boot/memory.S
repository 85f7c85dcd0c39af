/* Bulk memory: what core does to whole VMs, so measured in instructions a byte. All lengths are bytes; guests see this
 * memory with their caches off at first, so what is written for them is cleaned and invalidated to the point of coherency
 * (DDI 0487, "Mismatched memory attributes"; a guest with its MMU off uses non-cacheable accesses). */
#include "asm.h"

/* x0 = va, x1 = length, both multiples of 4 KiB. */
function bulkhead_scrub
    mrs     x2, dczid_el0
    mrs     x3, ctr_el0
    ubfx    x3, x3, #16, #4
    cmp     x2, #4                  // DC ZVA allowed, on 64 bytes
    ccmp    x3, #4, #0, eq          // and cache lines are as long
    b.ne    2f
1:
    .rept 16
    dc      zva, x0
    dc      civac, x0
    add     x0, x0, #64
    .endr
    subs    x1, x1, #1024
    b.ne    1b
    dsb     sy
    ret
2:  add     x4, x0, x1
    mov     x5, x0
3:  stp     xzr, xzr, [x5], #16
    cmp     x5, x4
    b.lo    3b
    b       bulkhead_clean
end bulkhead_scrub

/* x0 = va, x1 = length: clean and invalidate to the point of coherency. */
function bulkhead_clean
    add     x1, x0, x1
    mrs     x3, ctr_el0
    ubfx    x3, x3, #16, #4
    mov     x2, #4
    lsl     x2, x2, x3
    sub     x3, x2, #1
    bic     x0, x0, x3
1:  dc      civac, x0
    add     x0, x0, x2
    cmp     x0, x1
    b.lo    1b
    dsb     sy
    ret
end bulkhead_clean

/* x0 = destination, x1 = source, x2 = length. The destination ends up clean at the point of coherency. */
function bulkhead_load
    mov     x13, x30
    mov     x14, x0
    mov     x15, x2
    bl      bulkhead_copy
    mov     x30, x13
    mov     x0, x14
    mov     x1, x15
    b       bulkhead_clean
end bulkhead_load

/* x0 = va, x1 = length, w2 = the CRC of what came before, 0 at first; returns the CRC-32 that zlib and FIT's crc32
 * compute. Needs FEAT_CRC32. */
function bulkhead_crc32
    mvn     w2, w2
    cmp     x1, #64
    b.lo    2f
1:  ldp     x4, x5, [x0], #16
    ldp     x6, x7, [x0], #16
    ldp     x8, x9, [x0], #16
    ldp     x10, x11, [x0], #16
    sub     x1, x1, #64
    crc32x  w2, w2, x4
    crc32x  w2, w2, x5
    crc32x  w2, w2, x6
    crc32x  w2, w2, x7
    crc32x  w2, w2, x8
    crc32x  w2, w2, x9
    crc32x  w2, w2, x10
    crc32x  w2, w2, x11
    cmp     x1, #64
    b.hs    1b
2:  cbz     x1, 4f
3:  ldrb    w4, [x0], #1
    crc32b  w2, w2, w4
    sub     x1, x1, #1
    cbnz    x1, 3b
4:  mvn     w0, w2
    ret
end bulkhead_crc32

/* x0 = destination, x1 = source, x2 = length; they do not overlap. Clobbers x0-x2, x4-x11. Long ones go through Q registers,
 * 32 bytes an instruction. Those are the guest's at EL2 and are put back; CPTR_EL2 lets EL2 have them as it lets the guest, and
 * no guest has SVE, whose registers a write to a Q register would cut short (DDI 0487, "CPTR_EL2"). */
function bulkhead_copy
    .arch_extension fp
    .arch_extension simd
    cmp     x2, #128
    b.lo    4f
    stp     q0, q1, [sp, #-128]!
    stp     q2, q3, [sp, #32]
    stp     q4, q5, [sp, #64]
    stp     q6, q7, [sp, #96]
    subs    x2, x2, #512
    b.lo    2f
1:
    .rept 4
    ldp     q0, q1, [x1], #32
    ldp     q2, q3, [x1], #32
    ldp     q4, q5, [x1], #32
    ldp     q6, q7, [x1], #32
    stp     q0, q1, [x0], #32
    stp     q2, q3, [x0], #32
    stp     q4, q5, [x0], #32
    stp     q6, q7, [x0], #32
    .endr
    subs    x2, x2, #512
    b.hs    1b
2:  adds    x2, x2, #512 - 128
    b.mi    3f
2:  ldp     q0, q1, [x1], #32
    ldp     q2, q3, [x1], #32
    ldp     q4, q5, [x1], #32
    ldp     q6, q7, [x1], #32
    stp     q0, q1, [x0], #32
    stp     q2, q3, [x0], #32
    stp     q4, q5, [x0], #32
    stp     q6, q7, [x0], #32
    subs    x2, x2, #128
    b.pl    2b
3:  ldp     q2, q3, [sp, #32]
    ldp     q4, q5, [sp, #64]
    ldp     q6, q7, [sp, #96]
    ldp     q0, q1, [sp], #128
    adds    x2, x2, #128
    b.eq    9f
4:  subs    x2, x2, #32
    b.lo    6f
5:  ldp     x4, x5, [x1], #16
    ldp     x6, x7, [x1], #16
    stp     x4, x5, [x0], #16
    stp     x6, x7, [x0], #16
    subs    x2, x2, #32
    b.hs    5b
6:  ands    x2, x2, #31             // bits 4 to 0 are those of what is left
    b.eq    9f
    tbz     x2, #4, 7f
    ldp     x4, x5, [x1], #16
    stp     x4, x5, [x0], #16
7:  tbz     x2, #3, 7f
    ldr     x4, [x1], #8
    str     x4, [x0], #8
7:  tbz     x2, #2, 7f
    ldr     w4, [x1], #4
    str     w4, [x0], #4
7:  tbz     x2, #1, 8f
    ldrh    w4, [x1], #2
    strh    w4, [x0], #2
8:  tbz     x2, #0, 9f
    ldrb    w4, [x1]
    strb    w4, [x0]
9:  ret
end bulkhead_copy

/* C's own, for wasm2c's data segments and memory.copy/fill. */
function memcpy
    mov     x3, x0
    b       2f
1:  ldr     x4, [x1], #8
    str     x4, [x3], #8
    sub     x2, x2, #8
2:  cmp     x2, #8
    b.hs    1b
    cbz     x2, 4f
3:  ldrb    w4, [x1], #1
    strb    w4, [x3], #1
    subs    x2, x2, #1
    b.ne    3b
4:  ret
end memcpy

function memmove
    cmp     x0, x1
    b.ls    memcpy
    add     x3, x0, x2
    add     x1, x1, x2
1:  cbz     x2, 2f
    ldrb    w4, [x1, #-1]!
    strb    w4, [x3, #-1]!
    sub     x2, x2, #1
    b       1b
2:  ret
end memmove

function memset
    mov     x3, x0
    and     x1, x1, #0xff
    orr     x1, x1, x1, lsl #8
    orr     x1, x1, x1, lsl #16
    orr     x1, x1, x1, lsl #32
    b       2f
1:  str     x1, [x3], #8
    sub     x2, x2, #8
2:  cmp     x2, #8
    b.hs    1b
    cbz     x2, 4f
3:  strb    w1, [x3], #1
    subs    x2, x2, #1
    b.ne    3b
4:  ret
end memset
