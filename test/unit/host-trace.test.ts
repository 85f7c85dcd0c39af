/** Requests for traces, as host takes them apart. */
import { beforeEach, expect, test } from 'vitest'
import { FIGURE_TRACEABLE } from '../../src/abi/life.ts'
import { TRACE_MOST, TRACE_RECORDS } from '../../src/abi/trace.ts'
import { tracePiece } from '../../tool/control/protocol.ts'
import { FREQUENCY } from '../fake/host.ts'
import { Line } from '../fake/line.ts'

let line: Line
let asked: number[]
let written: bigint
beforeEach(() => {
  line = new Line()
  asked = []
  written = 5n
  line.host.figure = (_, which) => (which === FIGURE_TRACEABLE ? 1n : 0n)
  line.host.debug = {
    traceBegin: (isOn) => {
      asked.push(Number(isOn))
      return 0
    },
    traceCount: (core) => (core === 1 ? written : -1n),
    traceWord: (_core, number, half) => BigInt(Number(number) * 2 + Number(half)),
  }
})

const ask = (params: object) => line.ask('trace', params) as { result?: unknown; error?: { code: number } }
const read = (at: number) => tracePiece.parse(ask({ op: 'read', vcpu: 1, at: `0x${at.toString(16)}` }).result)
const words = (data: string) =>
  Array.from({ length: data.length / 16 }, (_, i) =>
    Number(Buffer.from(data.slice(i * 16, i * 16 + 16), 'hex').readBigUInt64LE()),
  )

test('cores begin and end', () => {
  expect(ask({ op: 'begin' }).result).toEqual({})
  expect(ask({ op: 'end' }).result).toEqual({})
  expect(asked).toEqual([1, 0])
})

test('records come from the one on that was asked for', () => {
  line.host.now = 777
  expect(read(3)).toMatchObject({ first: 3, hz: FREQUENCY, now: 777, torn: 0 })
  expect(words(read(3).data)).toEqual([6, 7, 8, 9])
  expect(read(2 ** 53 - 1)).toMatchObject({ first: 5, data: '' })
  written = 100n
  expect(words(read(0).data)).toHaveLength(TRACE_MOST * 2)
})

test('of what was overwritten the oldest that is left is the first', () => {
  written = BigInt(TRACE_RECORDS + 100)
  expect(read(0).first).toBe(101)
  let calls = 0
  line.host.debug.traceCount = () => BigInt(calls++ ? TRACE_RECORDS + 103 : TRACE_RECORDS + 100)
  expect(read(0)).toMatchObject({ first: 101, torn: 3 })
})

test('what is none is refused', () => {
  expect(ask({ op: 'read', vcpu: 2, at: '0x0' }).error?.code).toBe(-32602)
  expect(ask({ op: 'fly' }).error?.code).toBe(-32602)
  line.host.figure = () => 0n
  expect(ask({ op: 'begin' }).error?.code).toBe(-32601)
})
