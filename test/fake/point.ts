/** A CPU's debug registers among its others: a break- or watchpoint as `b0.value`, `b0.control`. */

export function points(registers: () => Map<string, bigint>, memory: (at: number) => DataView) {
  const set = (name: string, value: bigint, control: bigint) => {
    registers().set(`${name}.value`, value)
    registers().set(`${name}.control`, control)
  }
  return {
    mdscr_el1: () => registers().get('mdscr_el1') ?? 0n,
    set_breakpoint: (n: number, value: bigint, control: bigint) => set(`b${n}`, value, control),
    set_watchpoint: (n: number, value: bigint, control: bigint) => set(`w${n}`, value, control),
    save_points: (at: number, breakpoints: number, watchpoints: number) => {
      for (const [i, name] of inOrder(breakpoints, watchpoints).entries()) {
        memory(at).setBigUint64(8 * i, registers().get(name) ?? 0n, true)
      }
    },
    load_points: (at: number, breakpoints: number, watchpoints: number) => {
      for (const [i, name] of inOrder(breakpoints, watchpoints).entries()) {
        registers().set(name, memory(at).getBigUint64(8 * i, true))
      }
    },
  }
}

/** As they lie in memory. */
function inOrder(breakpoints: number, watchpoints: number): string[] {
  const names = (kind: string, count: number) => Array.from({ length: count }, (_, n) => `${kind}${n}`)
  return [...names('b', breakpoints), ...names('w', watchpoints)].flatMap((name) => [
    `${name}.value`,
    `${name}.control`,
  ])
}
