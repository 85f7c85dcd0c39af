/** QEMU's list of executed instructions, taken apart into visits to the hypervisor: from a vector to the way back. */

export interface Visit {
  cpu: number
  entry: 'sync' | 'irq'
  instructions: number
  /** Executed instructions by function. */
  functions: Map<string, number>
}

/** Symbols, the highest address first. */
export type SymbolTable = { at: number; name: string }[]

/** Where in the vector table a 64-bit guest's exits begin. DDI 0487, "Exception vectors". */
const FROM_GUEST = { sync: 0x400, irq: 0x480 } as const
/** `Trace 0: 0x7f41 [00000000/0000004000001000/...] name`, of `-d exec` with one instruction a block. */
const LINE = /^Trace (\d+): \S+ \[[0-9a-f]+\/([0-9a-f]{16})\//

/** `symbols` is what `llvm-readelf --symbols --wide` prints. */
export function symbolTable(symbols: string): SymbolTable {
  const rows = symbols.matchAll(/^ *\d+: ([0-9a-f]{16}) +\d+ (?:FUNC|NOTYPE) +\w+ +\w+ +\d+ ([\w.]+)$/gm)
  return [...rows].map(([, at, name]) => ({ at: Number.parseInt(at!, 16), name: name! })).sort((a, b) => b.at - a.at)
}

export class Trace {
  readonly visits: Visit[] = []
  readonly #symbols: SymbolTable
  readonly #starts: Map<number, Visit['entry']>
  readonly #names = new Map<number, string>()
  /** By CPU: the visit that goes on, none before the first exit, and the last address. */
  readonly #open = new Map<number, Visit>()
  readonly #last = new Map<number, number>()

  constructor(symbols: SymbolTable) {
    const vectors = symbols.find(({ name }) => name === 'vectors')!.at
    this.#symbols = symbols
    this.#starts = new Map([
      [vectors + FROM_GUEST.sync, 'sync'],
      [vectors + FROM_GUEST.irq, 'irq'],
    ])
  }

  /** The next line of the log; others than those of executed instructions are passed over. */
  add(line: string): void {
    const match = LINE.exec(line)
    if (!match) return
    const cpu = Number(match[1])
    const at = Number.parseInt(match[2]!, 16)
    // QEMU lists an instruction again when its turn was over just before it; the hypervisor has none that jumps to itself.
    if (this.#last.get(cpu) === at) return
    this.#last.set(cpu, at)
    const entry = this.#starts.get(at)
    if (entry) this.#begin(cpu, entry)
    const visit = this.#open.get(cpu)
    if (!visit) return
    const name = this.#nameOf(at)
    visit.instructions += 1
    visit.functions.set(name, (visit.functions.get(name) ?? 0) + 1)
  }

  #begin(cpu: number, entry: Visit['entry']): void {
    const visit: Visit = { cpu, entry, instructions: 0, functions: new Map() }
    this.#open.set(cpu, visit)
    this.visits.push(visit)
  }

  #nameOf(at: number): string {
    let name = this.#names.get(at)
    if (name === undefined) {
      name = this.#symbols.find((symbol) => symbol.at <= at)?.name ?? '?'
      this.#names.set(at, name)
    }
    return name
  }
}

/** What a visit did, in the order of cost: for whoever looks for a way to make it shorter. */
export function histogram(visits: readonly Visit[]): [string, number][] {
  const sum = new Map<string, number>()
  for (const { functions } of visits) {
    for (const [name, count] of functions) sum.set(name, (sum.get(name) ?? 0) + count)
  }
  return [...sum].sort((a, b) => b[1] - a[1])
}
