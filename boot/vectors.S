/* EL2's exception vectors and the way back into a guest. DDI 0487, "Exception vectors".
 * While a guest runs, SP_EL2 is the address of its vCPU page, which starts with the registers below, so an exit needs no
 * scratch register; core then runs on the CPU's own stack, which is empty at every exit. */
#include "asm.h"

/* Every register of the guest goes to its vCPU page: a compartment that fails can then be dropped with its stack frames
 * and nobody's state is lost. */
.macro exit_to handler
    .balign 128
    x_pairs stp, 0, 29, 0
    mrs     x3, elr_el2
    mrs     x2, spsr_el2
    stp     x30, x3, [sp, #VCPU_X30]
    mov     x1, sp
    b       \handler
.endm

.macro never
    .balign 128
    b       el2_fault
.endm

    .section .text.vectors, "ax"
    .balign 2048
    .global vectors
vectors:
    .balign 128
    br      x2                      // current EL, SP0: the MMU was turned on (entry.S)
    never
    never
    never
    never                           // current EL: a fault of the hypervisor or a compartment
    never
    never
    never
    exit_to sync                    // guest, AArch64
    exit_to irq
    exit_to irq
    exit_to serror
    exit_to sync                    // guest's EL0, AArch32
    exit_to irq
    exit_to irq
    exit_to serror

/* Syndromes of a 64-bit guest's calls with immediate 0, the only ones by the calling convention (DEN 0028). */
#define HVC_0 ((0x16 << 26) | (1 << 25))
#define SMC_0 ((0x17 << 26) | (1 << 25))

/* Exception class, IL and the first bit of the ISS. A data abort with ISV set: its register and size are known; not of 16-bit
 * instructions. System registers have no bit there. */
#define DATA_ABORT      ((0x24 << 2) | 3)
#define SYSTEM_REGISTER ((0x18 << 2) | 2)

/* From the vCPU page to the CPU's own, empty stack. x1 = vCPU, x2 = SPSR, x3 = PC. core is one instance, so x0 carries none. */
.macro to_core
    ldr     x0, [sp, #VCPU_STACK]
    str     x2, [sp, #VCPU_SPSR]
    mov     sp, x0
.endm

/* For debuggers: nobody called what follows, so that a backtrace ends here. */
    .cfi_sections .debug_frame
    .cfi_startproc
    .cfi_undefined x30
    .balign 64
irq:
    to_core
    msr     esr_el2, xzr                    // for reports: an interrupt leaves no syndrome, nor an old one
    bl      w2c_core_onIrq
    tbnz    x0, #0, guest_continue
    b       guest_resume

    .balign 64
sync:
    to_core
    mrs     x2, esr_el2
    mov     w4, #HVC_0
    cmp     w2, w4
    b.eq    1f
    lsr     w4, w2, #24
    cmp     w4, #DATA_ABORT
    b.ne    2f
    bl      w2c_core_onDataAbort
    tbnz    x0, #0, guest_continue
    b       guest_resume
1:  bl      w2c_core_onHypercall
    tbz     x0, #0, guest_resume
/* x0 = vCPU + 1: the one that exited goes on, and only what a C call may change is to be put back. x19 to x29 still are the
 * guest's, by the procedure call standard (IHI 0055), and so are ELR_EL2 and SPSR_EL2. */
guest_continue:
    sub     sp, x0, #1
    x_pairs ldp, 0, 17, 0
    ldr     x18, [sp, #16 * 9]
    ldr     x30, [sp, #VCPU_X30]
    eret
    dsb     nsh                             // nothing may be executed speculatively past the eret
    isb

2:  cmp     w4, #SYSTEM_REGISTER
    b.ne    3f
    bl      w2c_core_onSystemRegister
    tbnz    x0, #0, guest_continue
    b       guest_resume
3:  mov     w4, #SMC_0
    cmp     w2, w4
    b.ne    4f
    bl      w2c_core_onSmc
    mov     w1, w0
    b       1b
4:  bl      w2c_core_onSync
    b       guest_resume
serror:
    to_core
    bl      w2c_core_onSerror
/* x0 = vCPU page to run, from its record alone. */
    .global guest_resume
guest_resume:
    mov     sp, x0
    ldp     x30, x3, [sp, #VCPU_X30]
    ldr     x2, [sp, #VCPU_SPSR]
    msr     elr_el2, x3
    msr     spsr_el2, x2
    x_pairs ldp, 0, 29, 0
    eret
    dsb     nsh
    isb
    .cfi_endproc

/* x19 = where the guarded call in progress on this CPU goes on (guard.S), which is not in progress any more; 0: there is none. */
.macro take_guard
    mrs     x9, tpidr_el2
    ldr     x19, [x9, #CPU_GUARD]
    str     xzr, [x9, #CPU_GUARD]
.endm
.macro empty_stack
    mrs     x9, tpidr_el2
    ldr     x9, [x9, #CPU_STACK]
    mov     sp, x9
.endm

/* x20 = the link register. */
.macro fault_arguments
    mrs     x1, esr_el2
    mrs     x2, elr_el2
    mrs     x3, far_el2
    mov     x4, x20
.endm

/* An exception taken at EL2. If a service failed in a guarded call, that call fails. Else no frame below is needed again, and the
 * stack starts anew, whatever state it was in. */
el2_fault:
    take_guard
    mov     x20, x30
    cbz     x19, 1f
    mov     sp, x19
    fault_arguments
    bl      w2c_core_onServiceFault         // 1: it was the service
    cbnz    w0, bulkhead_give_up
1:  empty_stack
    fault_arguments
    bl      w2c_core_onFault
    b       guest_resume

/* A Wasm trap: x0 module, x1 TRAP_*, x2 file (C string in rodata), x3 line. Does not return to the caller. */
function bulkhead_trap
    take_guard
    mov     x5, x30
    mov     x4, x3
    mov     x3, x2
    mov     x2, x1
    mov     x1, x0
    cbz     x19, 1f
    cmp     w1, #MODULE_SERVICE
    b.lo    1f
    mov     sp, x19
    bl      w2c_core_onServiceTrap
    b       bulkhead_give_up
1:  empty_stack
    bl      w2c_core_onTrap
    b       guest_resume
end bulkhead_trap
