/* From the boot loader to core: Image header, EL2, first page tables, MMU on.
 * Documents: Linux Documentation/arch/arm64/booting.rst (header, state at entry); DDI 0487 "AArch64 Virtual Memory
 * System Architecture" and "Barriers and caches". Runs at any 2 MiB-aligned address, so everything is PC-relative. */
#include "asm.h"

/* EL2 stage-1 leaf descriptors, DDI 0487 "VMSAv8-64 descriptor formats": AF, inner shareable, AttrIndx 1, AP[1] RES1. */
#define PAGE_RW    ((1 << 54) | 0x747)
#define PAGE_RO    ((1 << 54) | 0x7c7)
#define PAGE_RX    0x7c7
#define TABLE      3

/* MAIR_EL2: 0 Device-nGnRnE, 1 Normal write-back read/write-allocate. */
#define MAIR       0xff00
/* TCR_EL2 without PS: 48 bits, 4 KiB, inner shareable, write-back walks; bits 31 and 23 RES1. */
#define TCR        ((1 << 31) | (1 << 23) | (3 << 12) | (1 << 10) | (1 << 8) | 16)
#define SCTLR_RES1 0x30c50830
/* M, C, SA, I, WXN. */
#define SCTLR_ON   (SCTLR_RES1 | 0x1 | 0x4 | 0x8 | 0x1000 | (1 << 19))
#define HCR_RW     (1 << 31)

/* The link address of \label, while running at the load address. */
.macro adr_high reg, label
    adrp    \reg, \label
    add     \reg, \reg, :lo12:\label
    adrp    x3, _start
    sub     \reg, \reg, x3
    constant x3, IMAGE_VA
    add     \reg, \reg, x3
.endm

    .section .head.text, "ax"
    .global _start
_start:
    b       primary
    .long   0
    .quad   0                       // text_offset
    .quad   __image_size            // memory that the loader keeps free, NOBITS included
    .quad   0xa                     // little endian, 4 KiB pages, anywhere in memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

/* x0 = physical address of the DTB, MMU and caches off. */
primary:
    mov     x20, x0
    bl      enter_el2
    adrp    x21, _start             // where we were loaded
    bl      build_tables
    adrp    x1, __tables_start
    adr_high x2, primary_high
    b       mmu_on

/* PSCI CPU_ON's entry: x0 = context = CPU index. The tables exist; they were written with caches on and this CPU's
 * walks are cacheable and inner shareable, so nothing needs cleaning. */
function secondary
    mov     x20, x0
    bl      enter_el2
    adrp    x1, __tables_start
    adr_high x2, secondary_high
    b       mmu_on
end secondary

/* Falls from EL3 to EL2 or stays at EL2; elsewhere there is nothing to run on. Clobbers x0-x2. */
    .balign 16
enter_el2:
    msr     daifset, #0xf
    mrs     x0, CurrentEL
    cmp     x0, #(2 << 2)
    b.eq    3f
    b.lo    4f
    // EL3: Non-secure, AArch64, HVC on. No monitor stands behind us, so SMC stays undefined (SMD).
    mov     x0, #((1 << 10) | (1 << 8) | (1 << 7) | (3 << 4) | 1)
    msr     scr_el3, x0
    msr     cptr_el3, xzr
    msr     mdcr_el3, xzr
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4
    cbz     x0, 2f
    mov     x0, #0xf                // ICC_SRE_EL3: system registers, also for lower levels
    msr     S3_6_C12_C12_5, x0
    isb
2:  mov     x0, #0x3c9              // EL2h, DAIF masked
    msr     spsr_el3, x0
    adr     x0, 3f
    msr     elr_el3, x0
    eret
3:  // A loader may leave SCTLR and HCR (E2H, TGE) as it liked: known values first.
    constant x0, HCR_RW
    msr     hcr_el2, x0
    constant x0, SCTLR_RES1
    msr     sctlr_el2, x0
    isb
    msr     spsel, #1
    ret
4:  wfi                             // EL1: the loader was itself a guest; nothing may be touched
    b       4b

/* Maps pages [\from, \to) of the image, at the same offset from IMAGE_VA, with attributes \attr. x3 = L3 table. */
.macro map_image from, to, attr
    adrp    x4, \from
    adrp    x5, \to
    constant x6, \attr
    bl      map_pages
.endm

/* Clobbers x0-x9. Tables: 0 L0, 1 L1, 2 core's L2, 3 core's L3, 4 the image's L2, 5 the image's L3 (stacks too). */
    .balign 16
build_tables:
    mov     x9, x30
    adrp    x0, __tables_start
    add     x1, x0, #(TABLES_AT_ENTRY * PAGE_SIZE)
    mov     x2, x0
1:  stp     xzr, xzr, [x2], #16
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
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4
    mov     x3, #4
    lsl     x2, x3, x2
2:  dc      ivac, x0
    add     x0, x0, x2
    cmp     x0, x1
    b.lo    2b
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

/* Turns the MMU on and goes on at virtual address x2; x1 = root table.
 * There is no identity map: once M is set, this code's address translates to nothing or to data, the next fetch takes an
 * instruction abort, and VBAR_EL2 already names the continuation. Exception entry synchronises the new context. */
    .balign 16
mmu_on:
    msr     ttbr0_el2, x1
    mov     x0, #MAIR
    msr     mair_el2, x0
    constant x0, TCR
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #0xf            // PARange
    cmp     x1, #5
    mov     x3, #5                  // this table format ends at 48 bits
    csel    x1, x1, x3, lo
    orr     x0, x0, x1, lsl #16
    msr     tcr_el2, x0
    msr     vbar_el2, x2
    tlbi    alle2
    ic      iallu
    dsb     nsh
    isb
    constant x0, SCTLR_ON
    msr     sctlr_el2, x0
    isb
    b       .

/* From here on code runs at its link address. Each table's one live entry: synchronous, current EL with SPx. */
    .section .text.high, "ax"
    .balign 2048
primary_high:
    .space  0x200
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     vbar_el2, x0
    isb
    constant x0, (STACK_VA + STACK_STRIDE)
    mov     sp, x0
    adrp    x0, __bss_start
    adrp    x1, __bss_end
    bl      clear
    adrp    x0, __core_memory_start
    adrp    x1, __core_memory_end
    bl      clear
    mov     x0, sp
    mov     x1, #CPU_AT
    str     x0, [x1, #CPU_STACK]
    msr     tpidr_el2, x1
    bl      core_instantiate
    mov     x1, x20
    mov     x2, x21
    bl      w2c_core_boot
    b       guest_resume

    .balign 2048
secondary_high:
    .space  0x200
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     vbar_el2, x0
    isb
    constant x0, (STACK_VA + STACK_STRIDE)
    mov     x1, #STACK_STRIDE
    madd    x0, x1, x20, x0
    mov     sp, x0
    mov     x1, #CPU_AT
    add     x1, x1, x20, lsl #PAGE_SHIFT
    str     x0, [x1, #CPU_STACK]
    msr     tpidr_el2, x1
    mov     x1, x20
    bl      w2c_core_bootSecondary
    b       guest_resume

/* Zeroes pages [x0, x1). */
clear:
    cmp     x0, x1
    b.hs    2f
    stp     xzr, xzr, [x0], #16
    b       clear
2:  ret

    .section .bss.stack, "aw", %nobits
    .balign 4096
    .global __stack_start
__stack_start:
    .space  STACK_SIZE
__cpu_start:
    .space  PAGE_SIZE
    .section .bss.tables, "aw", %nobits
    .balign 4096
    .space  (BOOT_TABLES * PAGE_SIZE)
