/* From the boot loader to core: Image header, EL2, first page tables, MMU on.
 * Documents: Linux Documentation/arch/arm64/booting.rst (header, state at entry); DDI 0487 "AArch64 Virtual Memory
 * System Architecture" and "Barriers and caches". Runs at any 2 MiB-aligned address, so everything is PC-relative. */
#include "asm.h"

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
    mrs     x22, CurrentEL
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

/* A spin table's entries, one for each CPU (src/core/firmware.ts): no register says which CPU this is, so the address does. */
function secondary_spin
    .set    cpu, 0
    .rept   MAX_CPUS
    mov     x0, #cpu
    b       secondary
    .set    cpu, cpu + 1
    .endr
end secondary_spin

/* Falls from EL3 to EL2 or stays at EL2; elsewhere there is nothing to run on. Clobbers x0-x2. */
    .balign 16
enter_el2:
    msr     daifset, #0xf
    mrs     x0, CurrentEL
    cmp     x0, #(2 << 2)
    b.eq    3f
    b.lo    4f
    mov     x2, x30
    bl      leave_el3
    mov     x30, x2
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
    ubfx    x3, x22, #2, #2         // the exception level of our entry
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
    .global __cpu_start
__cpu_start:
    .space  PAGE_SIZE
    .section .bss.tables, "aw", %nobits
    .balign 4096
    .space  (BOOT_TABLES * PAGE_SIZE)
