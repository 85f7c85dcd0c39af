/** The last exits of a vCPU: kept in order, told with a fault's report and by explain. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { CONTROL_START, EXPLAIN_RECORDS, FIGURE_ACCESSES, FIGURE_EXITS } from '../../src/abi/life.ts'
import { exitLines } from '../../tool/control/exit.ts'
import { type Exits, type FromBoard, fromBoard } from '../../tool/control/protocol.ts'
import { Splitter } from '../../tool/control/split.ts'
import { ask, NEVER, ON_CRASH, stub } from '../fake/asking.ts'
import { trap } from '../fake/compartment.ts'
import { control, KEEPER } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { started } from '../fake/started.ts'
import { dataAbort, faultAt, HVC, instructionAbort, SMC, systemRegister, WFI } from '../fake/syndrome.ts'
import { interrupted } from '../fake/vector.ts'

const UART = 0x900_0000
const FLAGS = UART + 0x18
const TIMER = 27

function board(vm: object = {}, gic: 2 | 3 = 3): Machine {
  return started({ gic, control: true, vms: { alpha: { restart: NEVER, ...vm }, beta: { cores: [1] } } }).machine
}

function at(machine: Machine, pc: number) {
  machine.vcpuOn(0)!.elr = BigInt(pc)
  return machine
}
const read = (machine: Machine, pc: number, ipa: number) =>
  at(machine, pc).sync(0, { esr: dataAbort({ register: 3 }), ...faultAt(ipa, ipa) })
const write = (machine: Machine, pc: number, ipa: number) =>
  at(machine, pc).sync(0, { esr: dataAbort({ register: 3, write: true }), ...faultAt(ipa, ipa) })
function fail(machine: Machine, pc: number): void {
  stub(machine, 0).mmioWrite = trap(TRAP_UNREACHABLE) as never
  write(machine, pc, UART)
}

/** Behind "its last exits", up to what comes next. */
function told(machine: Machine): string[] {
  const lines = machine.lines.map((line) => line.replace('bulkhead | ', ''))
  const from = lines.findIndex((line) => line.endsWith('its last exits, the latest first'))
  if (from < 0) return []
  const rest = lines.slice(from + 1)
  const end = rest.findIndex((line) => !line.startsWith('  vCPU 0:   '))
  return rest.slice(0, end < 0 ? undefined : end).map((line) => line.replace('  vCPU 0:   ', ''))
}

/** What the board answers to those who speak its protocol. */
function records(machine: Machine, act: () => void): FromBoard[] {
  for (const ch of Buffer.from('\x1e{"jsonrpc":"2.0","id":0,"method":"hello"}\n')) {
    machine.uart.arrive([ch])
    machine.pump()
  }
  const seen = machine.uart.sent.length
  act()
  machine.pump()
  const found: FromBoard[] = []
  const splitter = new Splitter({ text: () => {}, record: (json) => found.push(fromBoard.parse(JSON.parse(json))) })
  splitter.feed(Buffer.from(machine.uart.sent.slice(seen)))
  return found
}

const exitsIn = (found: FromBoard[]) =>
  found.flatMap((record): Exits[] =>
    'method' in record && record.method === 'report' && record.params.kind === 'exits' ? [record.params] : [],
  )

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  test('a report ends with what came before, the latest first', () => {
    const machine = board({}, gic)
    read(machine, 0x4000_0100, FLAGS)
    at(machine, 0x4000_0200)
    machine.gic.source(0, TIMER).line = true
    machine.exit(0, interrupted)
    machine.gic.source(0, TIMER).line = false
    at(machine, 0x4000_0300).sync(0, { esr: systemRegister('3,0,12,11,5', 2, 'write') })
    at(machine, 0x4000_0400).sync(0, { esr: dataAbort({ valid: false }), ...faultAt(0x901_0000, 0x901_0000) })
    at(machine, 0x4000_0500).sync(0, { esr: HVC })
    at(machine, 0x1000).sync(0, { esr: instructionAbort(), ...faultAt(0x1000, 0x1000) })
    fail(machine, 0x4000_0600)
    expect(told(machine)).toEqual([
      'write of 4 bytes at 0x9000000, its UART, pc 0x40000600',
      'fetch of an instruction at 0x1000, flash, which is not fitted, pc 0x1000',
      'read at 0x9010000, its clock, pc 0x40000400',
      'write of S3_0_C12_C11_5, pc 0x40000300',
      'interrupt 27, pc 0x40000200',
      'read of 4 bytes at 0x9000018, its UART, pc 0x40000100',
    ])
    expect(machine.lines).toContain(
      'bulkhead |   vCPU 0: 1 hypercalls, 3 device accesses, 1 interrupts, 2 other traps since its VM started',
    )
    expect(machine.lines.at(-1)).toBe("bulkhead | VM 'alpha' crashed; it stays off")
  })
})

test('sixteen are kept; what a loop did is told once, with how often', () => {
  const machine = board()
  for (let i = 0; i < 40; i++) {
    read(machine, 0x4000_0100, FLAGS)
    write(machine, 0x4000_0108, UART)
  }
  read(machine, 0x4000_0200, FLAGS)
  read(machine, 0x4000_0200, FLAGS)
  fail(machine, 0x4000_0300)
  expect(told(machine)).toEqual([
    'write of 4 bytes at 0x9000000, its UART, pc 0x40000300',
    '2 times: read of 4 bytes at 0x9000018, its UART, pc 0x40000200',
    '6 times: write of 4 bytes at 0x9000000, its UART, pc 0x40000108',
    'and read of 4 bytes at 0x9000018, its UART, pc 0x40000100',
    'write of 4 bytes at 0x9000000, its UART, pc 0x40000108',
  ])
})

test('a life knows nothing of the one before', () => {
  const machine = board()
  for (let i = 0; i < 20; i++) read(machine, 0x4000_0100 + 4 * i, FLAGS)
  fail(machine, 0x4000_0300)
  control(machine, CONTROL_START)
  machine.uart.sent.length = 0
  fail(machine, 0x4000_0400)
  expect(told(machine)).toEqual(['write of 4 bytes at 0x9000000, its UART, pc 0x40000400'])
})

test('a VM that starts again at once does not wait for the list; one that waits anyway does', () => {
  const machine = board({ restart: ON_CRASH })
  fail(machine, 0x4000_0300)
  expect(told(machine)).toEqual([])
  const later = board({ restart: ON_CRASH, backoff: 100_000 })
  fail(later, 0x4000_0300)
  expect(told(later)).toHaveLength(1)
})

test('figures: accesses are what is neither interrupt nor trap', () => {
  const machine = board()
  for (let i = 0; i < 5; i++) read(machine, 0x4000_0100, FLAGS)
  at(machine, 0x4000_0200).sync(0, { esr: systemRegister('3,0,12,11,5', 2, 'write') })
  ask(machine, () => {})
  expect(machine.core.vmFigure!(0, FIGURE_ACCESSES)).toBe(5n)
  expect(machine.core.vmFigure!(0, FIGURE_EXITS)).toBe(7n)
})

describe('as records', () => {
  test('before a fault, and before an answer to explain', () => {
    const machine = board()
    read(machine, 0x4000_0100, FLAGS)
    at(machine, 0x4000_0104).sync(0, { esr: SMC | 1n })
    const asked = records(machine, () => {
      machine.current = KEEPER
      machine.core.explain!(0, EXPLAIN_RECORDS)
      machine.current = 0
    })
    expect(asked).toMatchObject([{ params: { kind: 'exits' } }, { params: { kind: 'state' } }])
    // Whoever is asked leaves its guest for that.
    const [, ...exits] = exitsIn(asked)[0]!.exits
    expect(exits).toEqual([
      { pc: '0x40000104', esr: `0x${(SMC | 1n).toString(16)}` },
      { pc: '0x40000100', esr: `0x${dataAbort({ register: 3 }).toString(16)}`, at: '0x9000018' },
    ])
    const failed = records(machine, () => fail(machine, 0x4000_0300))
    expect(failed).toMatchObject([{ params: { kind: 'exits' } }, { params: { kind: 'device-models' } }, {}])
    expect(exitLines(exitsIn(failed)[0]!.exits).at(0)).toBe('write of 4 bytes at 0x9000000, pc 0x40000300')
  })

  test('sixteen of the longest fit one', () => {
    const machine = board()
    for (let i = 0; i < 16; i++) {
      machine.vcpuOn(0)!.elr = 0xffff_ffff_0000_0000n + BigInt(i)
      const far = 0xffff_8000_0000_0000n
      machine.sync(0, { esr: dataAbort({ register: 3 }), far, hpfar: 0xfff_ffff_fff0n })
    }
    const asked = records(machine, () => {
      machine.current = KEEPER
      machine.core.explain!(0, EXPLAIN_RECORDS)
      machine.current = 0
    })
    expect(exitsIn(asked)[0]!.exits).toHaveLength(16)
  })
})

test('in the words of the tool: rounds of a loop once, registers as assemblers name them', () => {
  const poll = [
    { pc: '0x10', esr: `0x${dataAbort({ write: true, size: 1 }).toString(16)}`, at: '0x9000000' },
    { pc: '0x8', esr: `0x${dataAbort({ valid: false }).toString(16)}`, at: '0x9000018' },
  ]
  const sgi = { pc: '0x20', esr: `0x${systemRegister('3,0,12,11,5', 2, 'write').toString(16)}` }
  const wfi = { pc: '0x24', esr: `0x${WFI.toString(16)}` }
  expect(exitLines([sgi, ...poll, ...poll, ...poll, { pc: '0x30', intid: 27 }, wfi])).toEqual([
    'write of S3_0_C12_C11_5, pc 0x20',
    '3 times: write of 1 bytes at 0x9000000, pc 0x10',
    'and read at 0x9000018, pc 0x8',
    'interrupt 27, pc 0x30',
    'WFI, pc 0x24',
  ])
})
