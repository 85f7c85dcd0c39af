/* Every address outside its RAM, as far as addresses go: neither read nor written, be it another VM's, the hypervisor's or nobody's. */
#define NAME "outside-ram"
#include "kit.h"

test:
    constant x20, (RAM_IPA + RAM_SIZE)
    constant x21, 0x100000000
    constant x22, BLOCK_SIZE
1:  bl      both
    add     x0, x20, x22            // and the last word of the block
    sub     x20, x0, #8
    bl      both
    add     x20, x20, #8
    cmp     x20, x21
    b.lo    1b
    // Above 4 GiB, each power of two up to what the CPU can address.
    mrs     x0, id_aa64mmfr0_el1
    and     x0, x0, #15
    cmp     x0, #5
    mov     x1, #5
    csel    x0, x0, x1, ls
    adr     x1, bits
    ldrb    w23, [x1, x0]
2:  bl      both
    lsl     x20, x20, #1
    sub     w23, w23, #1
    cmp     w23, #32
    b.hi    2b
    // The first and the last word of its own RAM are its own.
    constant x20, (RAM_IPA + RAM_SIZE - 8)
    probe
    str     x20, [x20]
    ldr     x0, [x20]
    cbnz    x28, 3f
    cmp     x0, x20
    b.ne    3f
    b       pass
3:  fail    "the last word of its RAM is missing"

both:
    mov     x29, x30
    probe
    ldr     x0, [x20]
    expect  EC_DATA_ABORT, EXTERNAL_ABORT, x20
    tbnz    x25, #6, 1f
    probe
    str     x20, [x20]
    expect  EC_DATA_ABORT, EXTERNAL_ABORT, x20
    tbz     x25, #6, 1f
    ret     x29
1:  fail    "WnR does not tell read from write"

/* ID_AA64MMFR0_EL1.PARange in bits. */
bits: .byte 32, 36, 40, 42, 44, 48
    .balign 4
