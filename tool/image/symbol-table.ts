/**
 * Names of a guest's code by address: an ELF file's symbols (System V ABI, "Symbol Table"), or a System.map as Linux's build leaves
 * it, a line of address, type and name for each.
 */
import { isElf } from './elf.ts'
import { ImageError, Reader } from './reader.ts'

interface Symbol {
  at: bigint
  name: string
}

const SHT_SYMTAB = 2
const STT_NOTYPE = 0
const STT_FUNC = 2
const SYMBOL_SIZE = 24
/** More belong to no guest of ours; a file that claims them is damaged. */
const SYMBOLS_MOST = 4_000_000
/** What lies further behind a symbol is not its own. */
const REACH = 1n << 20n

export class SymbolTable {
  readonly #sorted: Symbol[]

  constructor(symbols: Symbol[]) {
    this.#sorted = symbols.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  }

  get size(): number {
    return this.#sorted.length
  }

  /** `name+0x10`. */
  find(at: bigint): string | undefined {
    let [low, high] = [0, this.#sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sorted[middle]!.at <= at) low = middle + 1
      else high = middle
    }
    const symbol = this.#sorted[low - 1]
    if (!symbol || at - symbol.at >= REACH) return undefined
    return at === symbol.at ? symbol.name : `${symbol.name}+0x${(at - symbol.at).toString(16)}`
  }
}

/** Undefined: neither of both, or without a symbol. Throws an ImageError for an ELF file that is damaged. */
export function readSymbols(bytes: Uint8Array): SymbolTable | undefined {
  const table = new SymbolTable(isElf(bytes) ? ofElf(new Reader(bytes)) : ofMap(bytes))
  return table.size > 0 ? table : undefined
}

function ofElf(file: Reader): Symbol[] {
  const at = file.u64(40)
  const [entrySize, count] = [file.u16(58), file.u16(60)]
  const headers = Array.from({ length: count }, (_, i) => at + i * entrySize)
  const symtab = headers.find((header) => file.u32(header + 4) === SHT_SYMTAB)
  if (symtab === undefined) return []
  const names = file.u64(headers[file.u32(symtab + 40)]! + 24)
  const [from, size] = [file.u64(symtab + 24), file.u64(symtab + 32)]
  if (size / SYMBOL_SIZE > SYMBOLS_MOST || !file.holds(from, size)) {
    throw new ImageError('its symbol table is damaged', 'link it again')
  }
  const symbols: Symbol[] = []
  for (let entry = from; entry + SYMBOL_SIZE <= from + size; entry += SYMBOL_SIZE) {
    const type = file.u8(entry + 4) & 15
    if ((type !== STT_FUNC && type !== STT_NOTYPE) || file.u16(entry + 6) === 0) continue
    const name = text(file, names + file.u32(entry))
    // Mapping symbols such as $x say what the bytes are, not what they are called. AAELF64, "Mapping symbols".
    if (name && !name.startsWith('$')) symbols.push({ at: word(file, entry + 8), name })
  }
  return symbols
}

function word(file: Reader, at: number): bigint {
  return (BigInt(file.u32(at + 4)) << 32n) | BigInt(file.u32(at))
}

function text(file: Reader, at: number): string {
  let end = at
  while (file.u8(end) !== 0) end++
  return Buffer.from(file.bytes.subarray(at, end)).toString('latin1')
}

function ofMap(bytes: Uint8Array): Symbol[] {
  const lines = Buffer.from(bytes)
    .toString('latin1')
    .matchAll(/^([0-9a-f]{8,16}) [tTwW] (\S+)$/gm)
  return [...lines].map(([, at, name]) => ({ at: BigInt(`0x${at}`), name: name! }))
}
