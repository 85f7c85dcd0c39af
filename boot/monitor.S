/* EL3 where no firmware is: what only a Secure access can set up, EL2 asks of us by SMC. Guests cannot: HCR_EL2.TSC. Runs
 * where it was loaded, with EL3's MMU off, so each write goes to a Secure physical address as Device-nGnRnE. */
#include "asm.h"

/* SCR_EL3: Non-secure, RES1, HVC on, AArch64 below. IRQ, FIQ and external aborts stay below EL3, and SMC comes here. */
#define SCR     ((1 << 10) | (1 << 8) | (3 << 4) | 1)
#define SCR_APK (1 << 16)
#define SCR_API (1 << 17)
#define EL2H_MASKED 0x3c9
#define EC_SMC64 0x17

/* From EL3 to EL2, at x30. Clobbers x0. */
function leave_el3
    adr     x0, monitor
    msr     vbar_el3, x0
    mrs     x0, id_aa64isar1_el1
    tst     x0, #0xff0              // pointer authentication: its keys and instructions are not ours to trap
    mov     x0, #SCR
    b.eq    1f
    orr     x0, x0, #(SCR_APK | SCR_API)
1:  msr     scr_el3, x0
    msr     cptr_el3, xzr
    msr     mdcr_el3, xzr
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4
    cbz     x0, 2f
    mov     x0, #0xf                // ICC_SRE_EL3: system registers, also for lower levels
    msr     S3_6_C12_C12_5, x0
    isb
2:  mov     x0, #EL2H_MASKED
    msr     spsr_el3, x0
    msr     elr_el3, x30
    eret
end leave_el3

/* SMC from EL2: x0 = MONITOR_WRITE32, x1 = physical address, w2 = word. x0 = 0, or -1 for anything else. What a lower level
 * does to come here in another way it does again, until an interrupt takes it away: there is nothing for it here. */
    .section .text.monitor, "ax"
    .balign 2048
monitor:
    .space  0x400
    msr     tpidr_el3, x3
    mrs     x3, esr_el3
    lsr     x3, x3, #26
    cmp     x3, #EC_SMC64
    b.ne    2f
    constant x3, MONITOR_WRITE32
    cmp     x0, x3
    mov     x0, #-1
    b.ne    2f
    str     w2, [x1]
    dsb     sy
    mov     x0, xzr
2:  mrs     x3, tpidr_el3
    eret
