/* Text and numbers on the PL011, for guests in assembly. Subroutines use x0 to x9. */

/* x0 = text. */
print:
    constant x1, UART_IPA
1:  ldrb    w2, [x0], #1
    cbz     w2, 3f
2:  ldr     w3, [x1, #0x18]
    tbnz    w3, #5, 2b
    str     w2, [x1]
    b       1b
3:  ret

/* x0 = number. */
print_hex:
    constant x1, UART_IPA
    mov     x4, #60
1:  lsr     x2, x0, x4
    and     x2, x2, #15
    add     x3, x2, #'0'
    add     x5, x2, #('a' - 10)
    cmp     x2, #10
    csel    x2, x5, x3, hs
2:  ldr     w3, [x1, #0x18]
    tbnz    w3, #5, 2b
    str     w2, [x1]
    subs    x4, x4, #4
    b.pl    1b
    ret
