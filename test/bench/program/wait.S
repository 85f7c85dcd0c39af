/* Sleeps until its timer and sleeps again: each WFI gives the core to spin.S's VM, and each timer brings it back. */
#include "image.h"
#include "gic.h"

#define TIMES 40
/* Ticks; longer than a switch and back. */
#define SLEEP 50000

start:
    gic_on  0, TIMER_VIRTUAL_INTID
    mov     x23, #TIMES
1:  mrs     x1, cntvct_el0
    constant x2, SLEEP
    add     x1, x1, x2
    msr     cntv_cval_el0, x1
    mov     x1, #1
    msr     cntv_ctl_el0, x1
    isb
    wfi
    // Quiet before the end of the interrupt: QEMU's GICv2 looks at the line only when it changes.
    msr     cntv_ctl_el0, xzr
    isb
    gic_acknowledge
    gic_end
    subs    x23, x23, #1
    b.ne    1b
    adr     x0, over
    bl      print
    constant x0, PSCI_SYSTEM_OFF
    hvc     #0
2:  wfi
    b       2b

#include "../../guest/print.h"

over:
    .asciz  "bench done\r\n"
