/* 64 KiB on the console without a line end, control sequences among it: slow for itself, never silence for others. */
#define NAME "console-flood"
#include "kit.h"

test:
    mov     w20, #1024
1:  adr     x0, 2f
    bl      print
    subs    w20, w20, #1
    b.ne    1b
    adr     x0, 3f
    bl      print
    b       pass
2:  .asciz  "flood flood flood flood flood flood flood flood \033[2J\033[H\033]0;t\007"
3:  .asciz  "\r\n"
    .balign 4
