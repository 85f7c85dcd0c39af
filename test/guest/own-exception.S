/* Exceptions that are the guest's own business arrive at its own vectors with the right class. */
#define NAME "own-exception"
#include "kit.h"

#define EC_FP_TRAP      0x07
#define EC_PC_ALIGNMENT 0x22

.macro own class, text:vararg
    adr     x24, 1f
    mov     x20, #\class
    probe
    \text
1:  mov     x24, #0
    mov     x0, #\class
    bl      expect_class
.endm

test:
    own     EC_SVC, svc #7
    own     EC_BRK, brk #0xffff
    own     EC_UNKNOWN, udf #0
    own     EC_UNKNOWN, .inst 0xffffffff
    msr     cpacr_el1, xzr
    isb
    own     EC_FP_TRAP, fmov d0, xzr
    mov     x0, #(3 << 20)
    msr     cpacr_el1, x0
    isb
    probe
    fmov    d0, xzr
    cbnz    x28, 2f
    adr     x0, test + 2
    own     EC_PC_ALIGNMENT, br x0
    b       pass
2:  fail    "FP is off although CPACR_EL1 says on"
