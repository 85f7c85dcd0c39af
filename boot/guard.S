/* Calls into services that a fault there cannot take further than the call. They do not nest. What core keeps in registers and
 * on the stack is safe meanwhile: a service runs below it on the same stack and reaches neither. An exception at EL2 overwrites
 * what the guest's exit left in ELR_EL2, SPSR_EL2, ESR_EL2 and FAR_EL2 (DDI 0487, "Exception entry"); those are put back. */
#include "asm.h"

/* x0 to x3 = what the function takes, x4 = the function. Its result; or all ones if it failed, and core was told. */
function bulkhead_guarded
    stp     x29, x30, [sp, #-128]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mrs     x9, elr_el2
    mrs     x10, spsr_el2
    mrs     x11, esr_el2
    mrs     x12, far_el2
    stp     x9, x10, [sp, #96]
    stp     x11, x12, [sp, #112]
    mrs     x9, tpidr_el2
    mov     x10, sp
    str     x10, [x9, #CPU_GUARD]
    blr     x4                              // keeps x19 to x28 (IHI 0055)
    mrs     x9, tpidr_el2
    str     xzr, [x9, #CPU_GUARD]
    ldp     x29, x30, [sp], #128
    ret
end bulkhead_guarded

/* x19 = CPU_GUARD as it was: the call ends here. */
function bulkhead_give_up
    mov     sp, x19
    mov     x0, #-1
    ldp     x9, x10, [sp, #96]
    ldp     x11, x12, [sp, #112]
    msr     elr_el2, x9
    msr     spsr_el2, x10
    msr     esr_el2, x11
    msr     far_el2, x12
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #128
    ret
end bulkhead_give_up
