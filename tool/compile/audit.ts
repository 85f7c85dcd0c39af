/** Refuses what may not run at EL2: floats, SIMD, a heap, recursion, indirect calls, far offsets, shared globals. */
import binaryen from 'binaryen'
import { CompileError } from './failure.ts'
import { functionsOf, walk } from './wasm-walk.ts'

/** Beyond what the guard above a window covers: 4 GiB of address plus this stays in unmapped space. */
const OFFSET_LIMIT = 0x1_0000

const ALLOWED = new Set<number>([
  ...[
    binaryen.BlockId,
    binaryen.IfId,
    binaryen.LoopId,
    binaryen.BreakId,
    binaryen.SwitchId,
    binaryen.CallId,
    binaryen.ReturnId,
    binaryen.UnreachableId,
    binaryen.NopId,
    binaryen.DropId,
    binaryen.SelectId,
  ],
  ...[
    binaryen.LocalGetId,
    binaryen.LocalSetId,
    binaryen.GlobalGetId,
    binaryen.GlobalSetId,
    binaryen.LoadId,
    binaryen.StoreId,
    binaryen.ConstId,
    binaryen.UnaryId,
    binaryen.BinaryId,
  ],
  ...[binaryen.MemoryCopyId, binaryen.MemoryFillId, binaryen.AtomicRMWId, binaryen.AtomicCmpxchgId],
])

const REASONS: Record<number, string> = {
  [binaryen.MemoryGrowId]: 'memory.grow: memory is what the image says',
  [binaryen.MemorySizeId]: 'memory.size: memory is what the image says',
  [binaryen.CallIndirectId]: 'call_indirect: every call has one known target',
  [binaryen.AtomicWaitId]: 'memory.atomic.wait',
  [binaryen.AtomicNotifyId]: 'memory.atomic.notify',
  [binaryen.AtomicFenceId]: 'atomic.fence: use a barrier primitive',
}

const TYPES = new Map<binaryen.Type, string>([
  [binaryen.f32, 'f32: EL2 has no floating point'],
  [binaryen.f64, 'f64: EL2 has no floating point'],
  [binaryen.v128, 'v128: EL2 has no SIMD'],
])

/** Runtime functions of asc whose presence means that something allocates. */
const HEAP = /^~lib\/rt\/\w+\/__(new|alloc|realloc|free|renew|retain|release|pin)$/

/** What a person did not call by name. */
const INVISIBLE = /^~lib\/|#constructor$/

/** Before optimization, where an allocation still is a call: everything that asc compiled is reachable. */
export function heapUse(module: binaryen.Module, name: string): CompileError | undefined {
  const functions = functionsOf(module)
  if (!functions.some((info) => HEAP.test(info.name))) return undefined
  const calls = callGraph(functions)
  const users = functions.filter(({ name }) => !INVISIBLE.test(name) && reaches(name, HEAP, calls))
  return failure(
    name,
    users.map((user) => `${user.name}: uses the heap (new, string, array or closure)`),
  )
}

/** asc's functions for strings, which would read a literal of literal.ts as what it is not. */
const STRING = /^~lib\/string\//

/** Before optimization as well. Guests have asc's own strings. */
export function stringUse(module: binaryen.Module, name: string): CompileError | undefined {
  if (name === 'guest') return undefined
  const functions = functionsOf(module)
  const calls = callGraph(functions)
  const users = functions.filter(({ name }) => !INVISIBLE.test(name) && reaches(name, STRING, calls))
  if (users.length === 0) return undefined
  return failure(
    name,
    users.map((user) => `${user.name}: asks a string; texts are bytes that src/lib/literal.ts reads`),
  )
}

/** The finished binary, as wasm2c reads it. */
export function audit(module: binaryen.Module, name: string): void {
  const functions = functionsOf(module)
  const found = functions.flatMap((info) => auditFunction(info).map((reason) => `${info.name}: ${reason}`))
  for (let i = 0; i < module.getNumExports(); i++) found.push(...auditExport(module, module.getExportByIndex(i)))
  for (let i = 0; i < module.getNumGlobals(); i++) {
    const info = binaryen.getGlobalInfo(module.getGlobalByIndex(i))
    const reason = TYPES.get(info.type)
    if (reason) found.push(`global ${info.name}: ${reason}`)
    if (info.base) found.push(`global ${info.name}: imported`)
  }
  if (module.getNumElementSegments() > 0) found.push('table: functions as values')
  const cycle = findCycle(callGraph(functions))
  if (cycle) found.push(`${cycle[0]}: recursion: ${cycle.join(' -> ')}`)
  if (found.length > 0) throw failure(name, found)
}

function auditFunction(info: binaryen.FunctionInfo): string[] {
  const reasons = new Set<string>()
  for (const type of [...binaryen.expandType(info.params), ...binaryen.expandType(info.results), ...info.vars]) {
    const reason = TYPES.get(type)
    if (reason) reasons.add(reason)
  }
  walk(info.body, (instruction) => {
    const reason = TYPES.get(instruction.type) ?? REASONS[instruction.id]
    if (reason) reasons.add(reason)
    else if (!ALLOWED.has(instruction.id)) reasons.add(`instruction of binaryen's kind ${instruction.id}`)
    const { offset } = instruction as binaryen.LoadInfo
    if (offset >= OFFSET_LIMIT) reasons.add(`offset ${offset} of a load or store reaches beyond the guard`)
  })
  return [...reasons]
}

function auditExport(module: binaryen.Module, reference: binaryen.ExportRef): string[] {
  const { kind, name, value } = binaryen.getExportInfo(reference)
  if (kind === binaryen.ExternalGlobal && binaryen.getGlobalInfo(module.getGlobal(value)).mutable) {
    return [`export ${name}: a mutable global; export a function`]
  }
  return kind === binaryen.ExternalTable ? [`export ${name}: a table`] : []
}

type CallGraph = Map<string, string[]>

function callGraph(functions: binaryen.FunctionInfo[]): CallGraph {
  const graph: CallGraph = new Map()
  for (const { name, body } of functions) {
    const targets = new Set<string>()
    walk(body, (instruction) => {
      if (instruction.id === binaryen.CallId) targets.add((instruction as binaryen.CallInfo).target)
    })
    graph.set(name, [...targets])
  }
  return graph
}

function reaches(from: string, wanted: RegExp, graph: CallGraph): boolean {
  const seen = new Set([from])
  for (const name of seen) {
    if (wanted.test(name)) return true
    for (const target of graph.get(name) ?? []) if (INVISIBLE.test(target)) seen.add(target)
  }
  return false
}

/** A path that ends where it began, or undefined. */
export function findCycle(graph: CallGraph): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (name: string): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (done.has(name)) return undefined
    path.push(name)
    for (const target of graph.get(name) ?? []) {
      const cycle = visit(target)
      if (cycle) return cycle
    }
    path.pop()
    done.add(name)
    return undefined
  }
  for (const name of graph.keys()) {
    const cycle = visit(name)
    if (cycle) return cycle
  }
  return undefined
}

function failure(module: string, found: string[]): CompileError {
  return new CompileError(found.map((reason) => `audit of ${module}: ${reason}`).join('\n'))
}
