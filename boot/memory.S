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
    .irp    n, 4,5,6,7,8,9,10,11
    crc32x  w2, w2, x\n
    .endr
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
    subs    x2, x2, #512
    b.lo    3f
    stp     q0, q1, [sp, #-128]!
    q_pairs stp, 2, 7, 32
1:
    .rept 4
    q_stream ldp, x1, 0, 7
    q_stream stp, x0, 0, 7
    .endr
    subs    x2, x2, #512
    b.hs    1b
    adds    x2, x2, #512
    b.ne    2f
    q_pairs ldp, 2, 7, 32
    ldp     q0, q1, [sp], #128
    ret
2:  subs    x2, x2, #128
    b.lo    5f
    b       4f
3:  adds    x2, x2, #512 - 128
    b.mi    6f
    stp     q0, q1, [sp, #-128]!
    q_pairs stp, 2, 7, 32
4:  q_stream ldp, x1, 0, 7
    q_stream stp, x0, 0, 7
    subs    x2, x2, #128
    b.hs    4b
5:  q_pairs ldp, 2, 7, 32
    ldp     q0, q1, [sp], #128
6:  adds    x2, x2, #128            // what is left
    b.eq    9f
    subs    x2, x2, #32
    b.lo    8f
7:  ldp     x4, x5, [x1], #16
    ldp     x6, x7, [x1], #16
    stp     x4, x5, [x0], #16
    stp     x6, x7, [x0], #16
    subs    x2, x2, #32
    b.hs    7b
8:  ands    x2, x2, #31             // bits 4 to 0 are those of what is left
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
