/* EL2's first page tables, written with the MMU off: the image, the first CPU's stack and page, core's window. core goes on
 * from there (src/core/stage1.ts). DDI 0487, "VMSAv8-64 translation table format descriptors". */
#include "asm.h"

/* EL2 stage-1 leaf descriptors, DDI 0487 "VMSAv8-64 descriptor formats": AF, inner shareable, AttrIndx 1, AP[1] RES1. */
#define PAGE_RW    ((1 << 54) | 0x747)
#define PAGE_RO    ((1 << 54) | 0x7c7)
#define PAGE_RX    0x7c7
#define TABLE      3

    .section .text.tables, "ax"
/* Maps pages [\from, \to) of the image, at the same offset from IMAGE_VA, with attributes \attr. x3 = L3 table. */
.macro map_image from, to, attr
    adrp    x4, \from
    adrp    x5, \to
    constant x6, \attr
    bl      map_pages
.endm

/* DC \operation on every line of [x0, x1), by the smallest line of the machine. Clobbers x2-x4. */
.macro dcache_lines operation
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4
    mov     x3, #4
    lsl     x2, x3, x2
    mov     x4, x0
9:  dc      \operation, x4
    add     x4, x4, x2
    cmp     x4, x1
    b.lo    9b
.endm

/* Clobbers x0-x9. Tables: 0 L0, 1 L1, 2 core's L2, 3 core's L3, 4 the image's L2, 5 the image's L3 (stacks too). */
    .balign 16
    .global build_tables
build_tables:
    mov     x9, x30
    adrp    x0, __tables_start
    add     x1, x0, #(TABLES_AT_ENTRY * PAGE_SIZE)
    // A line that the loader left dirty must not be written back over what comes now.
    dcache_lines civac
    dsb     sy
    mov     x2, x0
1:  .rept 8
    stp     xzr, xzr, [x2], #16
    .endr
    cmp     x2, x1
    b.lo    1b

    add     x1, x0, #(1 * PAGE_SIZE)
    orr     x1, x1, #TABLE
    str     x1, [x0]
    add     x2, x0, #(1 * PAGE_SIZE)
    add     x1, x0, #(2 * PAGE_SIZE)
    orr     x1, x1, #TABLE
    str     x1, [x2]                                    // core's window
    add     x1, x0, #(4 * PAGE_SIZE)
    orr     x1, x1, #TABLE
    str     x1, [x2, #(8 * (IMAGE_VA >> 30))]           // the image
    add     x1, x0, #(3 * PAGE_SIZE)
    orr     x1, x1, #TABLE
    str     x1, [x0, #(2 * PAGE_SIZE)]
    add     x1, x0, #(5 * PAGE_SIZE)
    orr     x1, x1, #TABLE
    add     x2, x0, #(4 * PAGE_SIZE)
    str     x1, [x2]

    add     x3, x0, #(5 * PAGE_SIZE)
    adrp    x7, _start
    map_image __text_start, __text_end, PAGE_RX
    map_image __rodata_start, __rodata_end, PAGE_RO
    map_image __data_start, __image_end, PAGE_RW
    // The first CPU's stack, at its own address with unmapped pages below.
    adrp    x4, __stack_start
    constant x6, PAGE_RW
    orr     x4, x4, x6
    add     x5, x3, #(8 * ((STACK_VA - IMAGE_VA + STACK_STRIDE - STACK_SIZE) >> PAGE_SHIFT))
    str     x4, [x5]
    add     x4, x4, #PAGE_SIZE
    str     x4, [x5, #8]
    // core's window: its memory from address 0, page 0 left out.
    add     x3, x0, #(3 * PAGE_SIZE)
    adrp    x7, __core_memory_start
    adrp    x4, __core_memory_start
    add     x4, x4, #PAGE_SIZE
    adrp    x5, __core_memory_end
    bl      map_pages
    // The first CPU's own page, so that a fault finds its stack from the first instruction on.
    adrp    x4, __cpu_start
    constant x6, PAGE_RW
    orr     x4, x4, x6
    str     x4, [x3, #(8 * (CPU_AT >> PAGE_SHIFT))]

    // Written with the MMU off, so past the caches: drop every line that a walk could hit instead.
    // DDI 0487, "Non-cacheable accesses and instruction caches", "Mismatched memory attributes".
    dmb     sy
    add     x1, x0, #(TABLES_AT_ENTRY * PAGE_SIZE)
    dcache_lines ivac
    dsb     sy
    ret     x9

/* x3 = L3 table, x4 = first page, x5 = end, x6 = attributes, x7 = the page that entry 0 stands for. */
map_pages:
    cmp     x4, x5
    b.hs    2f
    sub     x8, x4, x7
    lsr     x8, x8, #PAGE_SHIFT
    orr     x1, x4, x6
    str     x1, [x3, x8, lsl #3]
    add     x4, x4, #PAGE_SIZE
    b       map_pages
2:  ret
