/** Requests of a debugger, as host takes them apart: what reaches core, what comes back, and what is refused. */
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { DEBUG_ATTACH, DEBUG_STEP, READ_MOST, WRITE_MOST } from '../../src/abi/debug.ts'
import { CONTROL_DONE, CONTROL_WRONG_STATE, FIGURE_DEBUGGABLE } from '../../src/abi/life.ts'
import { debugData, debugHalt } from '../../tool/control/protocol.ts'
import { Line } from '../fake/line.ts'

const NOWHERE = (1n << 64n) - 1n
let line: Line
let asked: unknown[][]
/** Bytes of the guest's memory from 0x1000 on. */
let memory: Buffer

beforeEach(() => {
  line = new Line()
  asked = []
  memory = Buffer.from(Array.from({ length: 0x1000 }, (_, i) => (i * 7) & 0xff))
  line.host.figure = (vm, which) => (which === FIGURE_DEBUGGABLE && vm === 1 ? 1n : 0n)
  const note =
    (name: string, answer: number) =>
    (...args: unknown[]) => {
      asked.push([name, ...args])
      return answer
    }
  line.host.debug = {
    debug: note('debug', CONTROL_DONE),
    debugHalts: () => 1,
    debugPoint: note('point', 1),
    debugPoints: () => 4 | (2 << 8),
    debugSetRegister: note('set', 1),
    debugVcpus: () => 2,
    debugRegister: (_vm, vcpu, which) => BigInt(which) << BigInt(8 * Number(vcpu)),
    debugPlace: (_vm, _vcpu, va) => ((va as bigint) >= 0x1000n && (va as bigint) < 0x2000n ? (va as bigint) : NOWHERE),
    debugRead: (_vm, ipa) => memory.readBigUInt64LE((Number(ipa) & ~7) - 0x1000),
    debugWrite: (_vm, ipa, value) => {
      memory[Number(ipa) - 0x1000] = Number(value)
      return 1
    },
  }
})

/** The result, or the error. */
function ask(op: string, params: object = {}, vm = 'pulse') {
  line.rest()
  return line.ask('debug', { vm, op, ...params }) as { result?: unknown; error?: unknown }
}
const hex = (address: number) => `0x${address.toString(16)}`

describe('a debugger', () => {
  test('is refused a VM whose config does not allow it', () => {
    expect(ask('attach', {}, 'linux')).toMatchObject({ error: { code: -32004, message: 'not-debuggable' } })
    expect(asked).toEqual([])
  })

  test('has its wishes told to core', () => {
    expect(ask('attach')).toMatchObject({ result: {} })
    expect(ask('step', { vcpu: 1 })).toMatchObject({ result: {} })
    expect(ask('set', { vcpu: 1, count: 31, data: 'efcdab8967452301' })).toMatchObject({ result: {} })
    expect(ask('point', { vcpu: 2, count: 4, at: '0xffff800008001000', data: '04' })).toMatchObject({ result: {} })
    expect(asked).toEqual([
      ['debug', DEBUG_ATTACH, 1, 0],
      ['debug', DEBUG_STEP, 1, 1],
      ['set', 1, 1, 31, 0x0123_4567_89ab_cdefn],
      ['point', 1, 2, 4, BigInt.asIntN(64, 0xffff_8000_0800_1000n), 4],
    ])
  })

  test('learns in which state the VM is instead', () => {
    line.host.debug.debug = () => CONTROL_WRONG_STATE
    expect(ask('go')).toMatchObject({ error: { code: -32002, data: { state: 'running' } } })
    line.host.debug.debugHalts = () => 0
    expect(ask('registers')).toMatchObject({ error: { code: -32002 } })
  })

  test('reads registers, and why the VM halts', () => {
    const { data } = debugData.parse(ask('registers', { vcpu: 1 }).result)
    expect(Buffer.from(data, 'hex').readBigUInt64LE(8 * 3)).toBe(3n << 8n)
    expect(data).toHaveLength(34 * 16)
    expect(debugData.parse(ask('registers', { count: 34 }).result).data).toHaveLength(66 * 16)
    expect(debugHalt.parse(ask('halt').result)).toMatchObject({
      breakpoints: 4,
      watchpoints: 2,
      vcpus: [{}, { on: 102 << 8 }],
    })
  })

  test('reads memory up to where the guest maps nothing', () => {
    fc.assert(
      fc.property(fc.nat(0x1100), fc.nat(9999), (offset, count) => {
        const { data } = debugData.parse(ask('read', { at: hex(0x1000 + offset), count }).result)
        expect(data).toBe(memory.subarray(offset, offset + Math.min(count, READ_MOST)).toString('hex'))
      }),
    )
  })

  test('writes all or nothing', () => {
    const before = Buffer.from(memory)
    expect(ask('write', { at: hex(0x1ffe), data: 'aabbcc' })).toMatchObject({ error: { code: -32602 } })
    expect(ask('write', { at: hex(0x1000), data: 'aa'.repeat(WRITE_MOST + 1) })).toMatchObject({
      error: { code: -32602 },
    })
    expect(memory.equals(before)).toBe(true)
    expect(ask('write', { at: hex(0x1ffd), data: 'aAbBcc' })).toMatchObject({ result: {} })
    expect(memory.subarray(0xffd).toString('hex')).toBe('aabbcc')
  })

  test.each([
    ['an operation that there is not', { op: 'fly' }],
    ['no operation', {}],
    ['a number that is too long', { op: 'read', at: '0x1000', count: 12345 }],
    ['a number that is none', { op: 'read', at: '0x1000', count: -1 }],
    ['an address without 0x', { op: 'read', at: '1000', count: 1 }],
    ['an address that is too long', { op: 'read', at: `0x${'1'.repeat(17)}`, count: 1 }],
    ['bytes that are none', { op: 'write', at: '0x1000', data: 'gg' }],
    ['bytes that are a number', { op: 'write', at: '0x1000', data: 11 }],
  ])('is refused %s', (_, params) => {
    expect(line.ask('debug', { vm: 'pulse', ...params })).toMatchObject({ error: { code: -32602 } })
    expect(asked).toEqual([])
  })

  test('has an answer to every request, whatever its parameters', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constantFrom('0x1000', '0x', 'aa', 'read', 'registers', 'write'),
      fc.json(),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('op', 'vcpu', 'count', 'at', 'data', 'more'), value), (params) => {
        line.rest()
        const text = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'debug', params: { ...params, vm: 'pulse' } })
        if (Buffer.byteLength(text) > 512) return
        expect(line.send(text)).toHaveLength(1)
      }),
    )
  })
})
