/* A VM that crashes whenever it starts: an exception while its vectors are where nothing is. boot/guest.S explains the header. */
    .section .head.text, "ax"
_start:
    b       start
    .long   0
    .quad   0x80000
    .quad   __image_size
    .quad   0x2
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

start:
    mov     x0, #0x0b000000
    msr     vbar_el1, x0
    isb
    udf     #0
