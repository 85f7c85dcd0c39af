/* How a guest in assembly begins: an arm64 Image of one file, entered at `start` with the MMU off. Documents: Linux booting.rst. */
#include "layout.h"
#include "../../guest/constant.h"

#define PSCI_CPU_ON     0xc4000003
#define PSCI_SYSTEM_OFF 0x84000008

    .section .head.text, "ax"
    b       start
    .long   0
    .quad   0x80000
    .quad   __image_size
    .quad   0x2
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0
