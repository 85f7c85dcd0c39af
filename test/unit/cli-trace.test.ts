/** Records of cores' rings as a trace: their time, who ran, what was lost. */
import { describe, expect, test } from 'vitest'
import * as abi from '../../src/abi/trace.ts'
import type { Client } from '../../tool/control/client.ts'
import { chromeTrace, timeOf } from '../../tool/debug/chrome.ts'
import { readTrace, recordsOf, type TraceRecord } from '../../tool/debug/trace.ts'

const HZ = 1_000_000

/** As src/core/trace.ts writes it. */
function record(kind: number, at: number, { vcpu = 0, code = 0, detail = 0, pc = 0n } = {}): string {
  const bytes = Buffer.alloc(abi.TRACE_SIZE)
  const head =
    (BigInt(kind) << BigInt(abi.TRACE_KIND_SHIFT)) |
    (BigInt(code) << BigInt(abi.TRACE_CLASS_SHIFT)) |
    (BigInt(vcpu) << BigInt(abi.TRACE_VCPU_SHIFT)) |
    (BigInt(detail) << BigInt(abi.TRACE_DETAIL_SHIFT)) |
    BigInt(at % 2 ** 32)
  bytes.writeBigUInt64LE(head)
  bytes.writeBigUInt64LE(pc, 8)
  return bytes.toString('hex')
}

const piece = (data: string, now: number, first = 0, torn = 0) => ({ first, hz: HZ, now, data, torn })

describe('a record', () => {
  test('is read as it was written', () => {
    const data = record(abi.TRACE_EXIT, 500, { vcpu: 31, code: 0x24, detail: 0xbeef, pc: 0xffff_8000_1234_5678n })
    expect(recordsOf(2, piece(data, 1000))).toEqual([
      { core: 2, at: 500, kind: 'exit', vcpu: 31, class: 0x24, detail: 0xbeef, pc: 0xffff_8000_1234_5678n },
    ])
  })

  test('has its time by the counter, whose lower half has begun anew since', () => {
    const now = 3 * 2 ** 32 + 10
    expect(recordsOf(0, piece(record(abi.TRACE_ENTER, now - 20), now))[0]!.at).toBe(now - 20)
  })
})

test('what is read while cores write on is whole, in order, and what was lost is counted', async () => {
  const rings = new Map([
    [0, [10, 20, 30, 40].map((at) => record(abi.TRACE_ENTER, at))],
    [3, [15, 25].map((at) => record(abi.TRACE_ENTER, at))],
  ])
  const told: string[] = []
  const client = {
    trace: async (op: string) => void told.push(op),
    readTrace: async (core: number, from: number) => {
      const ring = rings.get(core)
      if (!ring) return undefined
      if (from > ring.length) return piece('', 100, 0)
      // The first two of core 0 are gone; one of the rest was overwritten meanwhile.
      const first = core === 0 ? Math.max(from, 2) : from
      return piece(ring.slice(first, first + 1).join(''), 100, first, core === 0 && first === 2 ? 1 : 0)
    },
  } as unknown as Client
  const { records, lost } = await readTrace(client, [0, 1, 3], () => true)
  expect(told).toEqual(['begin', 'end'])
  expect(records.map(({ core, at }) => [core, at])).toEqual([
    [3, 15],
    [3, 25],
    [0, 40],
  ])
  expect([...lost]).toEqual([[0, 3]])
})

describe('the file', () => {
  const at = (kind: TraceRecord['kind'], time: number, vcpu: number, more: Partial<TraceRecord> = {}): TraceRecord => {
    return { core: 1, at: time, kind, vcpu, class: 0, detail: 0, pc: 0n, ...more }
  }
  const records = [
    at('enter', 1000, 0),
    at('interrupt', 1800, 0),
    at('enter', 1800, 1),
    at('exit', 2000, 1, { class: 22, detail: 0, pc: 0x4000_0000n }),
    at('enter', 2100, 0), // its exit was lost
    at('enter', 2500, 1),
    at('exit', 2600, 1, { class: 63 }),
  ]
  const trace = chromeTrace({ records, lost: new Map([[1, 7]]) }, ['linux', 'pulse'])

  test('says who had the core, from the first record on', () => {
    expect(trace.traceEvents.filter(({ ph }) => ph === 'X').map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ['linux', 0, 800],
      ['pulse', 800, 200],
      ['pulse', 1500, 100],
    ])
    expect([...timeOf(trace)]).toEqual([
      ['linux', 800],
      ['pulse', 300],
    ])
  })

  test('names exits, cores and vCPUs, and says what is missing', () => {
    expect(trace.traceEvents.filter(({ ph }) => ph === 'i').map(({ name }) => name)).toEqual([
      'interrupt',
      'HVC',
      'class 63',
    ])
    expect(trace.traceEvents.filter(({ ph }) => ph === 'M').map(({ args }) => args!.name)).toEqual([
      'core 1',
      'linux',
      'pulse',
    ])
    expect(trace.otherData).toEqual({ lost: 'core 1: 7' })
  })
})
