/** The control protocol as the console's compartment speaks it. */
import { describe, expect, test } from 'vitest'
import { CAUSE_CRASH, ERROR_PARSE } from '../../src/abi/control.ts'
import {
  CONTROL_DONE,
  CONTROL_LACKS_BALLOON,
  CONTROL_PAUSE,
  CONTROL_RESTART,
  CONTROL_RESUME,
  CONTROL_START,
  CONTROL_STOP,
  CONTROL_UNKNOWN,
  CONTROL_UNKNOWN_PORT,
  EXPLAIN_RECORDS,
  FIGURE_CORES,
  FIGURE_MEMORY,
  FIGURE_VCPU_SHIFT,
  FIGURE_VCPUS,
  STATE_PAUSED,
} from '../../src/abi/life.ts'
import { ESCAPE, FREQUENCY } from '../fake/host.ts'
import { Line, RS } from '../fake/line.ts'

const HELLO = '{"jsonrpc":"2.0","id":1,"method":"hello"}'

describe('a request', () => {
  test('hello is answered with protocol, build, board and VMs', () => {
    const line = new Line()
    line.host.now = 5 * FREQUENCY
    expect(line.ask('hello')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        protocol: 1,
        build: 'Bulkhead 0.1.0',
        board: 'linux,dummy-virt',
        vms: ['linux', 'pulse'],
        templates: [],
        free: 0,
        ms: 5000,
      },
    })
    expect(line.text).toBe('')
  })

  test('of sixteen VMs with the longest names hello and status fit', () => {
    const names = Array.from({ length: 16 }, (_, i) => `${'n'.repeat(29)}${i + 10}`)
    const line = new Line({ names })
    line.host.templates = names
    line.host.figure = () => 0xffff_ffff_ffffn
    expect(line.ask('hello')).toMatchObject({ result: { vms: names } })
    for (const vm of names) expect(line.ask('status', { vm })).toMatchObject({ result: { vm } })
  })

  test.each([
    ['start', CONTROL_START],
    ['stop', CONTROL_STOP],
    ['restart', CONTROL_RESTART],
    ['pause', CONTROL_PAUSE],
    ['resume', CONTROL_RESUME],
  ])('%s goes to core with the VM of that name', (method, what) => {
    const line = new Line()
    const asked: number[][] = []
    line.host.control = (...request) => {
      asked.push(request)
      return CONTROL_DONE
    }
    expect(line.ask(method, { vm: 'pulse' })).toMatchObject({ id: 1, result: { vm: 'pulse' } })
    expect(asked).toEqual([[what, 1]])
  })

  test('balloon goes to core with the bytes that the VM is to keep', () => {
    const line = new Line()
    const asked: [number, bigint][] = []
    line.host.balloon = (...request) => {
      asked.push(request)
      return CONTROL_DONE
    }
    expect(line.ask('balloon', { vm: 'pulse', keep: 201326592 })).toMatchObject({ result: { vm: 'pulse' } })
    expect(line.ask('balloon', { keep: 0, vm: 'linux' })).toMatchObject({ result: { vm: 'linux' } })
    expect(asked).toEqual([
      [1, 201326592n],
      [0, 0n],
    ])
  })

  test('size goes to core with columns and rows of the terminal', () => {
    const line = new Line()
    const asked: number[][] = []
    line.host.size = (...request) => {
      asked.push(request)
      return CONTROL_DONE
    }
    expect(line.ask('size', { vm: 'pulse', rows: 40, columns: 120 })).toMatchObject({ result: { vm: 'pulse' } })
    for (const params of [{ rows: 40 }, { columns: 40 }, { columns: 40, rows: 2 ** 40 }, { columns: '1', rows: 1 }]) {
      expect(line.ask('size', { vm: 'pulse', ...params })).toMatchObject({ error: { code: -32602 } })
    }
    expect(asked).toEqual([[1, 120, 40]])
  })

  test('port goes to core with the name of the port, the console’s own as none', () => {
    const line = new Line()
    const asked: [number, bigint, bigint][] = []
    line.host.port = (...request) => {
      asked.push(request)
      return CONTROL_DONE
    }
    for (const port of ['log', 'elevenchars', 'console']) {
      expect(line.ask('port', { vm: 'pulse', port })).toMatchObject({ result: { vm: 'pulse' } })
    }
    expect(asked).toEqual([
      [1, 0x676f6cn, 0n],
      [1, 0x6e6576656c65n, 0x7372616863n],
      [1, 0n, 0n],
    ])
    line.host.port = () => CONTROL_UNKNOWN_PORT
    for (const port of ['other', '', 'twelve-chars', 'lög']) {
      expect(line.ask('port', { vm: 'pulse', port })).toMatchObject({ error: { code: -32019 } })
    }
    expect(line.ask('port', { vm: 'pulse' })).toMatchObject({ error: { code: -32602 } })
    expect(line.ask('port', { vm: 'pulse', port: 1 })).toMatchObject({ error: { code: -32602 } })
  })

  test.each<[string, Record<string, unknown>, number, number]>([
    ['no number', { vm: 'pulse' }, CONTROL_DONE, -32602],
    ['a text', { vm: 'pulse', keep: '1' }, CONTROL_DONE, -32602],
    ['a fraction', { vm: 'pulse', keep: 1.5 }, CONTROL_DONE, -32602],
    ['a negative number', { vm: 'pulse', keep: -4096 }, CONTROL_DONE, -32602],
    ['a number beyond all', { vm: 'pulse', keep: 1e18 }, CONTROL_DONE, -32602],
    ['more than the VM has', { vm: 'pulse', keep: 4096 }, CONTROL_UNKNOWN, -32602],
    ['a VM without a balloon', { vm: 'pulse', keep: 4096 }, CONTROL_LACKS_BALLOON, -32018],
    ['nobody', { vm: 'nobody', keep: 4096 }, CONTROL_DONE, -32001],
  ])('balloon with %s is refused', (_, params, answer, code) => {
    const line = new Line()
    let asked = 0
    line.host.balloon = () => {
      asked++
      return answer
    }
    expect(line.ask('balloon', params)).toMatchObject({ error: { code } })
    expect(asked).toBe(answer === CONTROL_DONE ? 0 : 1)
  })

  test('status says state, cores and figures', () => {
    const line = new Line()
    line.host.states[1] = STATE_PAUSED
    line.host.figure = (vm, which) =>
      vm !== 1 ? 0n : which === FIGURE_CORES ? 0b1001n : which === FIGURE_MEMORY ? 1n << 32n : 7n
    expect(line.ask('status', { vm: 'pulse' }, 'a "text"')).toMatchObject({
      id: 'a "text"',
      result: { vm: 'pulse', state: 'paused', cores: [0, 3], memory: 2 ** 32, cpuMs: 7, restarts: 7, traps: 7 },
    })
    line.host.figure = (_, which) => (which === FIGURE_VCPUS ? 2n : BigInt(which >> FIGURE_VCPU_SHIFT))
    expect(line.ask('status', { vm: 'pulse' })).toMatchObject({
      result: {
        each: [
          { core: 0, cpuMs: 1, stolenMs: 1 },
          { core: 1, cpuMs: 2, stolenMs: 2 },
        ],
      },
    })
  })

  test('explain asks core for records', () => {
    const line = new Line()
    expect(line.ask('explain', { vm: 'pulse' })).toMatchObject({ result: { vm: 'pulse' } })
    expect([line.host.explained, line.host.form]).toEqual([[1], EXPLAIN_RECORDS])
  })

  test('may have other members, blanks and any order', () => {
    const line = new Line()
    const text =
      ' \t{"more":[1,{"vm":"x"},[]],"params":{"deep":{"vm":1},"vm":"pulse"},"vm":3,"method":"status",\r"id":-1.5e3,"jsonrpc":"2.0"} '
    // A blank in front is no record's beginning.
    expect(line.send(text.trim())).toMatchObject([{ id: -1500, result: { vm: 'pulse' } }])
  })
})

describe('beside people', () => {
  test('what is typed around a record reaches the VM; a record in the middle of a command disturbs nothing', () => {
    const line = new Line()
    line.host.type(`ab${RS}${HELLO}\ncd`)
    expect(line.records()).toHaveLength(1)
    line.host.type(`${ESCAPE}:p${RS}${HELLO}\ns\r`)
    expect(line.records()).toHaveLength(1)
    expect(line.text).toContain('bulkhead | : ps\r\n')
    expect(line.host.input(0)).toBe('abcd')
  })

  test('Ctrl-^ and another key are typed', () => {
    const line = new Line()
    line.host.type(`a${RS}b`)
    expect(line.host.input(0)).toBe(`a${RS}b`)
  })

  test('a key of control gets out of a record that nobody ended', () => {
    const line = new Line()
    line.host.type(`${RS}{"jsonrpc"${ESCAPE}0\x03`)
    expect(line.records()).toEqual([])
    expect(line.text).toContain('screen: all')
    expect(line.host.input(0)).toBe('\x03')
  })

  test('a record whose end was lost is answered when the next begins', () => {
    const line = new Line()
    line.host.type(`${RS}{"jsonrpc":"2.0","id":`)
    expect(line.send(HELLO)).toMatchObject([
      { id: null, error: { code: -ERROR_PARSE } },
      { id: 1, result: {} },
    ])
  })

  test('nobody sees a record before somebody asked for one', () => {
    const line = new Line()
    line.host.call.tell(0, STATE_PAUSED, CAUSE_CRASH)
    expect(line.host.call.openReport(0)).toBe(0)
    line.host.call.report(0x0a41n, 2)
    line.host.type(`${ESCAPE}:pause linux\r`)
    line.records()
    expect(line.host.screen).not.toContain(RS)
  })

  test.each(['merged', 'raw'])('a guest cannot forge a record on the %s screen', (screen) => {
    const line = new Line()
    if (screen === 'raw') line.host.type(`${ESCAPE}1`)
    line.host.put(0, `${RS}{"jsonrpc":"2.0","method":"state"}\nok\r\n`)
    expect(line.records()).toEqual([])
    expect(line.text).toContain('ok')
    expect(line.host.screen).not.toContain(RS)
  })

  test('a record may stand in the middle of a line, and the line reads as if it did not', () => {
    const line = new Line()
    line.host.put(0, 'one ')
    expect(line.send(HELLO)).toHaveLength(1)
    line.host.put(0, 'two\n')
    line.records()
    expect(line.text).toBe('linux    | one two\r\n')
  })
})

test('without the extension nobody is steered, and everything typed reaches the VM', () => {
  const line = new Line({ control: false })
  line.host.type(`${RS}${HELLO}\n${ESCAPE}:`)
  expect(line.records()).toEqual([])
  expect(line.text).toBe('bulkhead | no commands: the config says control: false\r\n')
  expect(line.host.input(0)).toBe(`${RS}${HELLO}\n`)
})
