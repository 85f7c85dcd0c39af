/* Every page below its RAM that holds no device of the VM: the architecture's answer, a synchronous external abort. */
#define NAME "device-hole"
#include "kit.h"

/* Around the devices every page, elsewhere one in 2 MiB. */
#define DENSE_FROM 0x08000000
#define DENSE_TO   0x0b000000

test:
    mov     x20, #0
1:  bl      is_device
    cbnz    x0, 2f
    probe
    ldr     w0, [x20]
    expect  EC_DATA_ABORT, EXTERNAL_ABORT, x20
    add     x21, x20, #0xff8
    probe
    strb    w0, [x21]
    expect  EC_DATA_ABORT, EXTERNAL_ABORT, x21
2:  constant x0, DENSE_FROM
    constant x1, DENSE_TO
    mov     x2, #PAGE_SIZE
    constant x3, BLOCK_SIZE
    cmp     x20, x0
    csel    x2, x3, x2, lo
    cmp     x20, x1
    csel    x2, x3, x2, hs
    add     x20, x20, x2
    constant x0, RAM_IPA
    cmp     x20, x0
    b.lo    1b
    b       pass

/* x20 in [\from, \from + \size): answers 1. */
.macro range from, size
    constant x1, \from
    constant x2, ((\from) + (\size))
    cmp     x20, x1
    ccmp    x20, x2, #2, hs
    b.lo    1f
.endm

is_device:
    mov     x0, #1
    range   FLASH_IPA, FLASH_SIZE   // empty flash banks, which boot loaders probe
    range   GICD_IPA, GICD_SIZE
    range   UART_IPA, DEVICE_SIZE
    range   RTC_IPA, DEVICE_SIZE
    range   VIRTIO_IPA, (VIRTIO_SLOTS * VIRTIO_STRIDE)
    mrs     x1, id_aa64pfr0_el1
    ubfx    x1, x1, #24, #4
    cbz     x1, 2f
    range   GICR_IPA, GICR_STRIDE
    b       3f
2:  range   GICC_IPA, GICC_SIZE
3:  mov     x0, #0
1:  ret
