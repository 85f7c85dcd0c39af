/** Gives wasm2c's functions names that a person can type into gdb: core__exit__onSync for src/core/exit.ts. */

/** Renames every internal function of `module`; exports and imports keep their short names. */
export function readableNames(code: string, module: string): string {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  return code.replace(new RegExp(`\\bw2c_${module}_(\\w*0x2F\\w*)`, 'g'), (mangled, escaped: string) => {
    const known = names.get(mangled)
    if (known) return known
    const path = escaped.replace(/0x([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    const plain = `${module}__${path.replace(new RegExp(`^src/(${module}/)?`), '').replace(/\W+/g, '__')}`
    let name = plain
    for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`
    taken.add(name)
    names.set(mangled, name)
    return name
  })
}
