/* A branch to where there is nothing, a device, or the end of memory: a prefetch abort of its own, and it goes on. */
#define NAME "unmapped-branch"
#include "kit.h"

.macro jump to
    constant x20, \to
    adr     x24, 1f
    probe
    br      x20
1:  mov     x24, #0
    expect  EC_INSTRUCTION_ABORT, EXTERNAL_ABORT, x20
.endm

test:
    jump    HOLE
    jump    0
    jump    UART_IPA
    jump    GICD_IPA
    jump    (RAM_IPA + RAM_SIZE)
    jump    0x100000000
    jump    0xfffffffc
    b       pass
