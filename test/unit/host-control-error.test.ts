/** Requests that the control protocol refuses, each by its code. */
import { describe, expect, test } from 'vitest'
import {
  DEPTH_MOST,
  ERROR_LACKS_CPU,
  ERROR_METHOD,
  ERROR_NOT_UTF8,
  ERROR_PARAMS,
  ERROR_PARSE,
  ERROR_REQUEST,
  ERROR_TOO_DEEP,
  ERROR_TOO_FAST,
  ERROR_TOO_LONG,
  ERROR_UNKNOWN_VM,
  ERROR_WRONG_STATE,
  REQUEST_BURST,
  REQUEST_MOST,
  REQUESTS_PER_SECOND,
} from '../../src/abi/control.ts'
import { CONTROL_LACKS_CPU, CONTROL_WRONG_STATE, STATE_PAUSED } from '../../src/abi/life.ts'
import { FREQUENCY } from '../fake/host.ts'
import { Line } from '../fake/line.ts'

const HELLO = '{"jsonrpc":"2.0","id":1,"method":"hello"}'

describe('what is wrong is answered by its code:', () => {
  const deep = (levels: number) => `${HELLO.slice(0, -1)},"d":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  test.each([
    ['cut off', HELLO.slice(0, -1), ERROR_PARSE],
    ['more behind', `${HELLO}{}`, ERROR_PARSE],
    ['a comma too many', '{"jsonrpc":"2.0",}', ERROR_PARSE],
    ['the wrong bracket', '{"a":[}', ERROR_PARSE],
    ['an escape that is none', '{"a":"\\x"}', ERROR_PARSE],
    ['not UTF-8', Buffer.from(`${HELLO.slice(0, -1)},"n":"\xff"}`, 'latin1'), ERROR_NOT_UTF8],
    ['a surrogate in UTF-8', Buffer.from('{"n":"\xed\xa0\x80"}', 'latin1'), ERROR_NOT_UTF8],
    ['as deep as may be', deep(DEPTH_MOST), 0],
    ['deeper', deep(DEPTH_MOST + 1), ERROR_TOO_DEEP],
    ['as long as may be', `${HELLO}${' '.repeat(REQUEST_MOST - HELLO.length)}`, 0],
    ['longer', `${HELLO}${' '.repeat(REQUEST_MOST - HELLO.length + 1)}`, ERROR_TOO_LONG],
    ['a batch', `[${HELLO}]`, ERROR_REQUEST],
    ['no version', '{"id":1,"method":"hello"}', ERROR_REQUEST],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"hello"}', ERROR_REQUEST],
    ['no id', '{"jsonrpc":"2.0","method":"hello"}', ERROR_REQUEST],
    ['an id that is none', '{"jsonrpc":"2.0","id":{},"method":"hello"}', ERROR_REQUEST],
    ['two methods', '{"jsonrpc":"2.0","id":1,"method":"hello","method":"hello"}', ERROR_REQUEST],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"halt"}', ERROR_METHOD],
    ['an empty method', '{"jsonrpc":"2.0","id":1,"method":""}', ERROR_METHOD],
    ['no VM', '{"jsonrpc":"2.0","id":1,"method":"stop","params":{}}', ERROR_PARAMS],
    ['a VM that is no name', '{"jsonrpc":"2.0","id":1,"method":"stop","params":{"vm":1}}', ERROR_PARAMS],
    ['an empty name', '{"jsonrpc":"2.0","id":1,"method":"stop","params":{"vm":""}}', ERROR_UNKNOWN_VM],
    ['the beginning of a name', '{"jsonrpc":"2.0","id":1,"method":"stop","params":{"vm":"lin"}}', ERROR_UNKNOWN_VM],
    ['ourselves', '{"jsonrpc":"2.0","id":1,"method":"stop","params":{"vm":"bulkhead"}}', ERROR_UNKNOWN_VM],
  ])('%s', (_, record, code) => {
    const line = new Line()
    line.host.control = () => {
      throw new Error('core was asked')
    }
    expect(line.code(record)).toBe(code ? -code : 0)
    expect([line.text, line.host.input(0)]).toEqual(['', ''])
  })

  test('what core refuses', () => {
    const line = new Line()
    line.host.states[0] = STATE_PAUSED
    line.host.control = () => CONTROL_WRONG_STATE
    expect(line.ask('pause', { vm: 'linux' })).toMatchObject({
      id: 1,
      error: { code: -ERROR_WRONG_STATE, data: { state: 'paused' } },
    })
    line.host.control = () => CONTROL_LACKS_CPU
    expect(line.ask('start', { vm: 'linux' })).toMatchObject({ error: { code: -ERROR_LACKS_CPU } })
  })

  test('too many at once; each second grants some anew', () => {
    const line = new Line()
    const codes = Array.from({ length: REQUEST_BURST + 3 }, () => line.code(HELLO))
    expect(codes.slice(0, REQUEST_BURST)).toEqual(Array(REQUEST_BURST).fill(0))
    expect(codes.slice(REQUEST_BURST)).toEqual(Array(3).fill(-ERROR_TOO_FAST))
    line.host.now += Math.ceil(FREQUENCY / REQUESTS_PER_SECOND)
    expect([line.code(HELLO), line.code(HELLO)]).toEqual([0, -ERROR_TOO_FAST])
  })
})
