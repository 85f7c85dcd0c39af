/* What every assembly file here shares: the generated layout constants and a few macros. */
#include "layout.h"
#include "pair.h"

/* Offsets in the vCPU page; src/core/vcpu.ts asserts the same. */
#define VCPU_X30   240
#define VCPU_ELR   248
#define VCPU_SPSR  256
#define VCPU_STACK 264
/* Offsets in the CPU page; src/core/cpu.ts asserts the same. */
#define CPU_STACK  0
#define CPU_GUARD  8
#define CPU_KEYS   44
/* Modules' numbers in traps, tool/compile/model.ts: services are the last. */
#define MODULE_SERVICE 3

.macro function name
    .section .text.\name, "ax"
    .balign 16
    .global \name
    .type \name, %function
\name:
.endm

.macro end name
    .size \name, . - \name
.endm

/* A 64-bit constant, whatever its bits. */
.macro constant reg, value
    movz \reg, #((\value) & 0xffff)
    movk \reg, #(((\value) >> 16) & 0xffff), lsl #16
    movk \reg, #(((\value) >> 32) & 0xffff), lsl #32
    movk \reg, #(((\value) >> 48) & 0xffff), lsl #48
.endm
