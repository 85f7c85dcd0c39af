/* EL2 at its link address, from the MMU's first moment on: stacks, this CPU's page, and on into core. */
#include "asm.h"

/* x20 = physical address of the DTB, x21 = of the image, x22 = CurrentEL at entry. */
function primary_high
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
end primary_high

/* x20 = the CPU's index. */
function secondary_high
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
end secondary_high

/* Zeroes pages [x0, x1). */
clear:
    cmp     x0, x1
    b.hs    2f
    .rept 8
    stp     xzr, xzr, [x0], #16
    .endr
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
