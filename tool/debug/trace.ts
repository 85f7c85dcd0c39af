/** Records of a board's cores, read while they are written, in the order of their time. */
import * as abi from '../../src/abi/trace.ts'
import type { Client } from '../control/client.ts'
import type { TracePiece } from '../control/protocol.ts'

export interface TraceRecord {
  core: number
  /** Microseconds of the board's counter. */
  at: number
  kind: 'enter' | 'exit' | 'interrupt'
  /** Among all vCPUs of all VMs. */
  vcpu: number
  /** ESR_EL2.EC and the lower half of its ISS. */
  class: number
  detail: number
  /** The guest's PC. */
  pc: bigint
}

export interface Trace {
  records: TraceRecord[]
  /** Of each core: those that were overwritten before they were read. */
  lost: Map<number, number>
}

const KINDS: Record<number, TraceRecord['kind']> = {
  [abi.TRACE_ENTER]: 'enter',
  [abi.TRACE_EXIT]: 'exit',
  [abi.TRACE_INTERRUPT]: 'interrupt',
}

/** Reads `cores` until `isOver`, and then what is left; the cores stop writing whatever happens. */
export async function readTrace(client: Client, cores: readonly number[], isOver: () => boolean): Promise<Trace> {
  const next = new Map<number, number>()
  const trace: Trace = { records: [], lost: new Map() }
  for (const core of cores) {
    // Where the ring stands: what is older is another trace's.
    const piece = await client.readTrace(core, Number.MAX_SAFE_INTEGER)
    if (piece) next.set(core, piece.first)
  }
  await client.trace('begin')
  try {
    while (!isOver()) for (const core of next.keys()) await readOnce(client, core, next, trace)
  } finally {
    await client.trace('end')
  }
  for (const core of next.keys()) while (await readOnce(client, core, next, trace));
  trace.records.sort((a, b) => a.at - b.at)
  return trace
}

/** False: there was nothing new. */
async function readOnce(client: Client, core: number, next: Map<number, number>, trace: Trace): Promise<boolean> {
  const from = next.get(core)!
  const piece = await client.readTrace(core, from)
  if (!piece) return false
  const records = recordsOf(core, piece)
  const lost = piece.first - from + piece.torn
  if (lost > 0) trace.lost.set(core, (trace.lost.get(core) ?? 0) + lost)
  trace.records.push(...records.slice(piece.torn))
  next.set(core, piece.first + records.length)
  return records.length > 0
}

/** A record holds 32 bits of the counter, and is younger than what those can count. */
export function recordsOf(core: number, { data, hz, now }: TracePiece): TraceRecord[] {
  const bytes = Buffer.from(data, 'hex')
  return Array.from({ length: Math.floor(bytes.length / abi.TRACE_SIZE) }, (_, i): TraceRecord => {
    const head = bytes.readBigUInt64LE(i * abi.TRACE_SIZE)
    const field = (shift: number, bits: number) => Number((head >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n))
    const age = ((now % 2 ** 32) - field(0, 32) + 2 ** 32) % 2 ** 32
    return {
      core,
      at: ((now - age) * 1e6) / hz,
      kind: KINDS[field(abi.TRACE_KIND_SHIFT, 2)] ?? 'exit',
      vcpu: field(abi.TRACE_VCPU_SHIFT, 8),
      class: field(abi.TRACE_CLASS_SHIFT, 6),
      detail: field(abi.TRACE_DETAIL_SHIFT, 16),
      pc: bytes.readBigUInt64LE(i * abi.TRACE_SIZE + 8),
    }
  })
}
