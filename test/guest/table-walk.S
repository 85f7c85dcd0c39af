/* Its own page table points outside its RAM: an external abort on the walk, for data and for instructions. */
#define NAME "table-walk"
#include "kit.h"
#include "mmu.h"

test:
    bl      mmu_on
    // Entry 2, for 0x80000000 to 0xbfffffff: a table where no memory is; entry 3: a table in a device.
    adrp    x0, table
    constant x1, (HOLE | 3)
    str     x1, [x0, #16]
    constant x1, (UART_IPA | 3)
    str     x1, [x0, #24]
    dsb     ish
    tlbi    vmalle1
    dsb     ish
    isb
    constant x20, 0x80000000
    bl      walk
    constant x20, 0xc0000008
    bl      walk
    b       pass

walk:
    mov     x29, x30
    probe
    ldr     x0, [x20]
    mov     x0, #EC_DATA_ABORT
    bl      on_walk
    probe
    str     x0, [x20]
    mov     x0, #EC_DATA_ABORT
    bl      on_walk
    adr     x24, 1f
    probe
    br      x20
1:  mov     x24, #0
    mov     x0, #EC_INSTRUCTION_ABORT
    bl      on_walk
    ret     x29

/* Any level will do. */
on_walk:
    mov     x21, x30
    bl      expect_class
    and     x0, x25, #0x3c
    cmp     x0, #EXTERNAL_ON_WALK
    b.ne    1f
    cmp     x26, x20
    b.ne    2f
    ret     x21
1:  fail    "not an external abort on a table walk"
2:  fail    "FAR is not the address"
