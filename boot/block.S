/* What clang calls for block operations, and wasm2c for data segments and memory.copy and memory.fill: of hypervisor and guests. */
#include "asm.h"

function memcpy
    mov     x3, x0
    b       2f
1:  ldr     x4, [x1], #8
    str     x4, [x3], #8
    sub     x2, x2, #8
2:  cmp     x2, #8
    b.hs    1b
    cbz     x2, 4f
3:  ldrb    w4, [x1], #1
    strb    w4, [x3], #1
    subs    x2, x2, #1
    b.ne    3b
4:  ret
end memcpy

function memmove
    cmp     x0, x1
    b.ls    memcpy
    add     x3, x0, x2
    add     x1, x1, x2
1:  cbz     x2, 2f
    ldrb    w4, [x1, #-1]!
    strb    w4, [x3, #-1]!
    sub     x2, x2, #1
    b       1b
2:  ret
end memmove

function memset
    mov     x3, x0
    and     x1, x1, #0xff
    orr     x1, x1, x1, lsl #8
    orr     x1, x1, x1, lsl #16
    orr     x1, x1, x1, lsl #32
    b       2f
1:  str     x1, [x3], #8
    sub     x2, x2, #8
2:  cmp     x2, #8
    b.hs    1b
    cbz     x2, 4f
3:  strb    w1, [x3], #1
    subs    x2, x2, #1
    b.ne    3b
4:  ret
end memset
