/**
 * The guest's registers that assembly resets and moves (boot/world.S), by name. The lists are read from that file, so that a
 * test sees what the machine would.
 */
import { readFileSync } from 'node:fs'

const source = readFileSync(new URL('../../boot/world.S', import.meta.url), 'utf8').replaceAll('\\\n', '')
const SIMD = Array.from({ length: 32 }, (_, i) => `v${i}`)
const RESET_SCTLR = BigInt(matched(/constant\s+x0, (0x[0-9a-f]+)\s+msr\s+sctlr_el1, x0/, bodyOf('bulkhead_reset_el1')))

/** What reset_el1 leaves where. */
export const EL1_RESET: ReadonlyMap<string, bigint> = resets()
/** What save_el1 and load_el1 move, pointer keys included: name, and offset in the vCPU's area. */
export const EL1_MOVED: readonly { name: string; offset: number }[] = moves()

export function saveEl1(area: DataView, registers: Map<string, bigint>): void {
  for (const { name, offset } of EL1_MOVED) {
    const value = registers.get(name) ?? 0n
    area.setBigUint64(offset, BigInt.asUintN(64, value), true)
    if (isSimd(name)) area.setBigUint64(offset + 8, value >> 64n, true)
  }
}

export function loadEl1(area: DataView, registers: Map<string, bigint>): void {
  for (const { name, offset } of EL1_MOVED) {
    const high = isSimd(name) ? area.getBigUint64(offset + 8, true) << 64n : 0n
    registers.set(name, high | area.getBigUint64(offset, true))
  }
}

export const isSimd = (name: string) => /^v\d+$/.test(name)

function resets(): Map<string, bigint> {
  const body = bodyOf('bulkhead_reset_el1')
  const [, listed = ''] = /\.irp\s+name, ([^\n]+)/.exec(body)!
  const single = [...body.matchAll(/msr\s+(\w+), xzr/g)].map(([, name]) => name!)
  const keys = /every_key\s+clear_pair/.test(body) ? pairs('every_key').flat() : []
  if (!/\.irp\s+n, 0,1,[0-9,]+,31\s+movi/.test(body)) throw new Error('reset_el1 clears no FP/SIMD registers')
  const zero = [...listed.split(/,\s*/).map((name) => name.trim()), ...single, ...keys, ...SIMD]
  return new Map([...zero.map((name): [string, bigint] => [name, 0n]), ['sctlr_el1', RESET_SCTLR]])
}

function moves() {
  for (const [direction, insn] of [
    ['save', 'stp'],
    ['load', 'ldp'],
  ]) {
    const all = new RegExp(`q_stream ${insn}, x0, 0, ${SIMD.length - 1}$`, 'm')
    if (!all.test(bodyOf(`bulkhead_${direction}_el1`))) throw new Error(`${direction}_el1 moves not all of FP/SIMD`)
  }
  const words = pairs('every_pair').flat()
  const simdAt = words.length * 8 + 16
  return [
    ...words.map((name, i) => ({ name, offset: i * 8 })),
    { name: 'fpsr', offset: words.length * 8 },
    ...SIMD.map((name, i) => ({ name, offset: simdAt + i * 16 })),
    ...pairs('every_key')
      .flat()
      .map((name, i) => ({ name, offset: simdAt + 512 + i * 8 })),
  ]
}

function pairs(macro: string): [string, string][] {
  const body = matched(new RegExp(`\\.macro ${macro} pair\\n([\\s\\S]*?)\\.endm`), source)
  return [...body.matchAll(/\\pair\s+(\w+), (\w+)/g)].map(([, first, second]) => [first!, second!])
}

function bodyOf(name: string): string {
  return matched(new RegExp(`function ${name}\\n([\\s\\S]*?)end ${name}`), source)
}

function matched(pattern: RegExp, text: string): string {
  const found = pattern.exec(text)
  if (!found) throw new Error(`boot/world.S: nothing like ${pattern}`)
  return found[1]!
}
