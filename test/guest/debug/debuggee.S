/* A guest for debuggers (test/machine/gdb.test.ts): counts for ever, reads a device, has a BRK of its own, and says so now and then, with
 * a sign of life. */
#define NAME "debuggee"
#include "../kit.h"
#include "../mmu.h"

#define ROUNDS 0x1000
#define BULKHEAD_ALIVE 0xc6000001       // src/arch/smccc.ts

test:
    bl      mmu_on
    mov     x21, #0                 // rounds
    .global again
again:
    bl      count
    constant x1, 0x09000000
device:
    ldr     w2, [x1, #0x18]         // UARTFR: an exit
behind:
    add     x21, x21, #1
own:
    brk     #7                      // its own business: the vector counts it in x28 and goes on behind
    tst     x21, #(ROUNDS - 1)
    b.ne    again
    cmp     x28, x21                // as many as rounds
    b.ne    2f
    adr     x0, said
    bl      print
    constant x0, BULKHEAD_ALIVE
    hvc     #0
    b       again
2:  fail    "its own BRK did not reach it once each round"

/* Only a debugger leads here: no sign of life comes any more. */
    .global hang
hang:
    b       hang

    .global count
count:
    adrp    x0, counter
    add     x0, x0, :lo12:counter
    ldr     x1, [x0]
    add     x1, x1, #1
stored:
    str     x1, [x0]
    ret

/* Where its own tables map something, but nobody has memory: vectors that they do not map, or not to be executed, would be
 * taken at EL1 again and again, and nobody else would hear of it. */
#define BEHIND_RAM 0x80000000
    .global crash
crash:
    constant x0, BEHIND_RAM
    msr     vbar_el1, x0
    isb
    udf     #0

said:
    .asciz  "debuggee goes on\r\n"
    .balign 4

    .section .bss.counter, "aw", %nobits
    .balign 8
    .global counter
counter:
    .skip   8
