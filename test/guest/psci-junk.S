/* PSCI calls with wrong arguments: each error of DEN 0022, nothing started, nothing stopped. One vCPU. */
#define NAME "psci-junk"
#include "kit.h"

#define INVALID_PARAMETERS -2
#define ALREADY_ON         -4
#define INVALID_ADDRESS    -9

/* \id with arguments must answer \answer, or \other. */
.macro call id, a1, a2, a3, answer, other=0x7fff
    constant x0, \id
    constant x1, \a1
    constant x2, \a2
    constant x3, \a3
    hvc     #0
    sxtw    x0, w0
    mov     x20, x0
    mov     x1, #(\answer)
    cmp     x0, x1
    b.eq    1f
    mov     x1, #(\other)
    cmp     x0, x1
    b.eq    1f
    fail    "\id answers otherwise, answer in x20"
1:
.endm

test:
    call    PSCI_CPU_ON, 0, 0x40080000, 0, ALREADY_ON
    call    PSCI_CPU_ON, 1, 0x40080000, 0, INVALID_PARAMETERS
    call    PSCI_CPU_ON, 0xff, 0x40080000, 0, INVALID_PARAMETERS
    call    PSCI_CPU_ON, 0xff00000000, 0x40080000, 0, INVALID_PARAMETERS
    call    PSCI_CPU_ON, 0xffffffffffffffff, 0, 0, INVALID_PARAMETERS
    // An address is looked at before or after the state.
    call    PSCI_CPU_ON, 0, 0x8000000000000000, 0, ALREADY_ON, INVALID_ADDRESS
    call    PSCI_AFFINITY, 0, 0, 0, 0
    call    PSCI_AFFINITY, 7, 0, 0, INVALID_PARAMETERS
    call    PSCI_AFFINITY, 0, 4, 0, INVALID_PARAMETERS
    call    PSCI_AFFINITY, 0, 0xffffffff, 0, INVALID_PARAMETERS
    // Reserved bits of power_state.
    call    PSCI_CPU_SUSPEND, 0xfc000000, 0x40080000, 0, INVALID_PARAMETERS
    call    PSCI_FEATURES, 0x8400ffff, 0, 0, -1
    call    PSCI_FEATURES, 0xffffffff, 0, 0, -1
    call    PSCI_FEATURES, PSCI_SYSTEM_OFF, 0, 0, 0
    b       pass
