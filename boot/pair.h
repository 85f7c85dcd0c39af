/* Registers two by two: `x_pairs stp, 2, 9, 16` stores x2 to x9 at sp + 16 and on. */
.altmacro
.macro pair_at insn, bank, a, b, offset
    \insn \bank\a, \bank\b, [sp, #\offset]
.endm
.macro pairs_at insn, bank, from, to, offset, bytes
    .set    n, \from
    .rept   (\to - \from + 1) / 2
    pair_at \insn, \bank, %n, %(n + 1), %(\offset + (n - \from) * \bytes)
    .set    n, n + 2
    .endr
.endm
.macro x_pairs insn, from, to, offset
    pairs_at \insn, x, \from, \to, \offset, 8
.endm
.macro q_pairs insn, from, to, offset
    pairs_at \insn, q, \from, \to, \offset, 16
.endm

/* `q_stream ldp, x1, 0, 7`: the same one after the other, from where x1 is, which moves on. */
.macro pair_on insn, base, a, b
    \insn q\a, q\b, [\base], #32
.endm
.macro q_stream insn, base, from, to
    .set    n, \from
    .rept   (\to - \from + 1) / 2
    pair_on \insn, \base, %n, %(n + 1)
    .set    n, n + 2
    .endr
.endm
