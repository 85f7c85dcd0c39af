/** Worst-case stack of every entry into the hypervisor, from the machine code: frames and calls across all modules. */
import { CompileError } from './failure.ts'
import { SERVICES } from './model.ts'
import { run } from './process.ts'
import { toolchain } from './tool-path.ts'

export interface Stack {
  entry: string
  bytes: number
  /** The deepest chain of calls, the entry first. */
  path: string[]
}

/** Starts over on an empty stack (boot), so what runs behind it is an entry of its own. */
const FRESH_STACK = 'bulkhead_trap'
/** Calls through a register that may be any of these: boot/guard.S, with what vectors.S runs below its frame. */
const THROUGH_REGISTER: Record<string, RegExp> = {
  bulkhead_guarded: new RegExp(`^w2c_(?:${SERVICES.join('|')})_|^w2c_core_onService`),
}

export interface Code {
  /** Of the ELF. */
  section: string
  frame: number
  calls: Set<string>
  indirect: boolean
}

/** Every function of an ELF. */
export async function codeOf(root: string, elf: string): Promise<Map<string, Code>> {
  return readCode(await run(toolchain().objdump, ['-d', '--no-show-raw-insn', elf], root))
}

/** Of those `entries` that the linker kept. */
export function stacks(code: Map<string, Code>, entries: string[]): Stack[] {
  return entries.filter((entry) => code.has(entry)).map((entry) => deepest(entry, code))
}

export function checkStacks(found: Stack[], limit: number): void {
  const over = found.filter(({ bytes }) => bytes > limit)
  if (over.length === 0) return
  throw new CompileError(
    over
      .map(({ entry, bytes, path }) => `${entry} needs ${bytes} of ${limit} bytes of stack: ${path.join(' > ')}`)
      .join('\n'),
  )
}

/** A function's frame is all that it ever takes off sp: an upper bound, exact for what clang makes. */
export function readCode(disassembly: string): Map<string, Code> {
  const functions = new Map<string, Code>()
  let section = ''
  let name = ''
  let code: Code | undefined
  for (const line of disassembly.split('\n')) {
    section = /^Disassembly of section (.+):$/.exec(line)?.[1] ?? section
    const [, at, label] = /^([0-9a-f]+) <(.+)>:$/.exec(line) ?? []
    if (at && label) {
      name = unique(label, at)
      code = { section, frame: 0, calls: new Set(), indirect: false }
      functions.set(name, code)
    }
    if (!code) continue
    code.frame += stackTaken(line)
    code.indirect ||= /\sblr\s/.test(line)
    const [, to, target] = /\s(?:bl?|b\.\w+|cbn?z|tbn?z)\s.*0x([0-9a-f]+) <([^+>]+)>/.exec(line) ?? []
    if (to && target && unique(target, to) !== name) code.calls.add(unique(target, to))
  }
  return functions
}

/** What clang moved out of functions has the same names in every module. */
function unique(label: string, at: string): string {
  return label.startsWith('OUTLINED_FUNCTION') ? `${label} at ${Number.parseInt(at, 16).toString(16)}` : label
}

function stackTaken(line: string): number {
  const push = /\[sp, #-(0x[0-9a-f]+|\d+)\]!/.exec(line)?.[1]
  const [, immediate, shift] = /\ssub\s+sp, sp, #(0x[0-9a-f]+|\d+)(?:, lsl #(\d+))?/.exec(line) ?? []
  return Number(push ?? 0) + Number(immediate ?? 0) * 2 ** Number(shift ?? 0)
}

function deepest(entry: string, code: Map<string, Code>): Stack {
  const known = new Map<string, { bytes: number; path: string[] }>()
  const open: string[] = []
  const measure = (name: string): { bytes: number; path: string[] } => {
    const done = known.get(name)
    if (done) return done
    if (open.includes(name)) throw new CompileError(`stack of ${entry} has no bound: ${[...open, name].join(' > ')}`)
    const own = code.get(name)
    if (!own || name === FRESH_STACK) return { bytes: 0, path: [name] }
    const possible = THROUGH_REGISTER[name]
    if (own.indirect && !possible)
      throw new CompileError(`stack of ${entry} has no bound: ${name} calls through a register`)
    const unnamed = possible ? [...code.keys()].filter((callee) => possible.test(callee)) : []
    open.push(name)
    const below = [...own.calls, ...unnamed]
      .map(measure)
      .reduce((a, b) => (b.bytes > a.bytes ? b : a), { bytes: 0, path: [] })
    open.pop()
    const result = { bytes: own.frame + below.bytes, path: [name, ...below.path] }
    known.set(name, result)
    return result
  }
  return { entry, ...measure(entry) }
}

/** `entry  bytes / limit`, deepest first. */
export function stackTable(found: Stack[], limit: number): string[] {
  const width = Math.max(...found.map(({ entry }) => entry.length), 5)
  return [...found]
    .sort((a, b) => b.bytes - a.bytes)
    .map(
      ({ entry, bytes, path }) =>
        `${entry.padEnd(width)} ${String(bytes).padStart(5)} / ${limit}  ${path.slice(1).join(' > ')}`,
    )
}
