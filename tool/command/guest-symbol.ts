/** Names the functions behind the addresses of guests in the hypervisor's lines: reports of faults, and what `explain` says. */
import { readFile } from 'node:fs/promises'
import { readSymbols, type SymbolTable } from '../image/symbol-table.ts'

/** src/core/report.ts, report-fault.ts, explain.ts. */
const OF_VM = /^VM '([a-z0-9-]+)'/
const OF_VCPU = /^ {2}vCPU \d+: /
const EXPLAINED = /^([a-z0-9-]+): vCPU \d+ on CPU \d+: .* at (0x[0-9a-f]+);/
const ADDRESSES = [/guest pc (0x[0-9a-f]+)/, /, lr (0x[0-9a-f]+)/, /the exception came from (0x[0-9a-f]+)/]

export class GuestSymbols {
  readonly #tables: ReadonlyMap<string, SymbolTable>
  /** Whose report is under way. */
  #vm = ''

  constructor(tables: ReadonlyMap<string, SymbolTable>) {
    this.#tables = tables
  }

  /** A line of the hypervisor's own: `0x40080010 is in main+0x10`. */
  explain(text: string): string[] {
    const explained = EXPLAINED.exec(text)
    if (explained) return this.#name(explained[1]!, [explained[2]!])
    const vm = OF_VM.exec(text)?.[1]
    if (vm !== undefined) this.#vm = vm
    else if (!OF_VCPU.test(text)) return []
    return this.#name(this.#vm, [...new Set(ADDRESSES.flatMap((pattern) => pattern.exec(text)?.[1] ?? []))])
  }

  #name(vm: string, addresses: string[]): string[] {
    const table = this.#tables.get(vm)
    return addresses.flatMap((address) => {
      const name = table?.find(BigInt(address))
      return name === undefined ? [] : [`${address} is in ${vm}'s ${name}`]
    })
  }
}

/** `symbols`: a file for each VM that has one. A file that cannot be read names nothing. */
export async function guestSymbols(
  vms: readonly { name: string; symbols?: string | undefined }[],
): Promise<GuestSymbols> {
  const tables = new Map<string, SymbolTable>()
  for (const { name, symbols } of vms) {
    const table = symbols === undefined ? undefined : readSymbols(await readFile(symbols))
    if (table) tables.set(name, table)
  }
  return new GuestSymbols(tables)
}
