/* Every byte of every device, 8 to 64 bits wide, read, written with zeros and with ones: an answer or an abort, and the devices still work. */
#define NAME "device-width"
#include "kit.h"

/* x20 from \from, \size bytes, \step apart. */
.macro sweep from, size, step
    constant x20, \from
    constant x21, (\from + \size)
    mov     x22, #\step
    bl      sweep
.endm

test:
    sweep   VIRTIO_IPA, (VIRTIO_SLOTS * VIRTIO_STRIDE), 1
    sweep   RTC_IPA, DEVICE_SIZE, 1
    sweep   UART_IPA + 4, DEVICE_SIZE - 4, 1
    // The distributor's registers are dense up to 0xf30 and route 288 interrupts; beyond, samples.
    sweep   GICD_IPA, 0x1000, 1
    sweep   GICD_IPA, GICD_SIZE, 8
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4
    cbz     x0, 1f
    sweep   GICR_IPA, GICR_STRIDE, 4
    b       2f
1:  sweep   GICC_IPA, GICC_SIZE, 4
    // The UART as a driver finds it, and a line of its own.
2:  constant x1, UART_IPA
    str     wzr, [x1, #0x38]
    mov     w0, #0x70
    str     w0, [x1, #0x2c]
    mov     w0, #0x301
    str     w0, [x1, #0x30]
    adr     x0, 3f
    bl      print
    // An empty virtio slot says so: magic, version, no device.
    constant x1, VIRTIO_IPA
    ldr     w0, [x1]
    constant x2, 0x74726976
    cmp     w0, w2
    b.ne    4f
    ldr     w0, [x1, #8]
    cbnz    w0, 4f
    b       pass
3:  .asciz  "\r\n"
    .balign 4
4:  fail    "an empty virtio slot does not answer with magic and device id 0"

.macro access text:vararg
    probe
    \text
    cbz     x28, 1f
    expect  EC_DATA_ABORT, EXTERNAL_ABORT, x20
1:
.endm

sweep:
    mov     x29, x30
    mov     x23, #-1
2:  access  ldrb w0, [x20]
    access  strb wzr, [x20]
    access  strb w23, [x20]
    tbnz    x20, #0, 3f
    access  ldrh w0, [x20]
    access  strh wzr, [x20]
    access  strh w23, [x20]
    tst     x20, #3
    b.ne    3f
    access  ldr w0, [x20]
    access  str wzr, [x20]
    access  str w23, [x20]
    tbnz    x20, #2, 3f
    access  ldr x0, [x20]
    access  str xzr, [x20]
    access  str x23, [x20]
3:  add     x20, x20, x22
    cmp     x20, x21
    b.lo    2b
    ret     x29
