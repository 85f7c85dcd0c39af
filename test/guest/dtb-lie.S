/* Its DTB, lying.dts, promises memory and a device that the VM does not have: believing it ends in aborts, no more. */
#define NAME "dtb-lie"
#include "kit.h"

#define CLAIMED_SIZE   0x40000000
#define CLAIMED_DEVICE 0x0c000000

test:
    // The tree arrived as it is: magic, big endian.
    ldr     w0, [x19]
    rev     w0, w0
    constant x1, 0xd00dfeed
    cmp     w0, w1
    b.ne    1f
    constant x20, (RAM_IPA + CLAIMED_SIZE - 8)
    probe
    str     xzr, [x20]
    expect  EC_DATA_ABORT, EXTERNAL_ABORT, x20
    constant x20, (RAM_IPA + RAM_SIZE)
    probe
    ldr     x0, [x20]
    expect  EC_DATA_ABORT, EXTERNAL_ABORT, x20
    constant x20, CLAIMED_DEVICE
    probe
    ldr     w0, [x20]
    expect  EC_DATA_ABORT, EXTERNAL_ABORT, x20
    b       pass
1:  fail    "no DTB at x0"
