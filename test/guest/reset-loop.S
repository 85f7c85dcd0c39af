/* Asks for a reset whenever it starts, for ever: each one starts it anew, and nobody else notices. */
#define NAME "reset-loop"
#include "kit.h"

test:
    adr     x0, 1f
    bl      print
    constant x0, PSCI_SYSTEM_RESET
    hvc     #0
    fail    "SYSTEM_RESET returned"
1:  .asciz  "reset-loop starts\r\n"
    .balign 4
