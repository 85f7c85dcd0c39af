/** A core's ring: who had the core from when to when and why its guests exited; nothing while nobody traces. */
import { beforeEach, describe, expect, test } from 'vitest'
import { TRACE_ENTER, TRACE_EXIT, TRACE_INTERRUPT, TRACE_RECORDS } from '../../src/abi/trace.ts'
import { KEEPER } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { MILLISECOND, sharing, until } from '../fake/shared.ts'
import { HVC } from '../fake/syndrome.ts'

const NO_RING = (1n << 64n) - 1n
let machine: Machine
beforeEach(() => {
  const share = (budget: number) => ({ cores: [0], servers: [[0, budget, 10_000, 1]], debug: true })
  machine = sharing({ vms: { eighty: share(8000), twenty: share(2000) } })
  until(machine, 0)
})

const call = (name: string, ...args: (number | bigint)[]) =>
  BigInt.asUintN(64, BigInt(machine.core[name]!(...args) ?? 0))
const count = (core = 0) => Number(call('traceCount', core))

function trace(isOn: boolean): void {
  machine.current = KEEPER
  machine.core.traceBegin!(isOn ? 1 : 0)
  machine.current = 0
  machine.pump()
}

function recordAt(number: number) {
  const [head, pc] = [call('traceWord', 0, number, 0), call('traceWord', 0, number, 1)]
  const field = (shift: bigint, bits: bigint) => Number((head >> shift) & ((1n << bits) - 1n))
  return {
    kind: field(62n, 2n),
    code: field(56n, 6n),
    vcpu: field(48n, 8n),
    detail: field(32n, 16n),
    at: field(0n, 32n),
    pc,
  }
}

describe('a core', () => {
  test('writes nothing before somebody traces it, and nothing after', () => {
    machine.sync(0, { esr: HVC })
    expect(count()).toBe(0)
    trace(true)
    machine.sync(0, { esr: HVC })
    expect(count()).toBeGreaterThan(0)
    trace(false)
    machine.sync(0, { esr: HVC })
    const before = count()
    machine.sync(0, { esr: HVC })
    expect(count()).toBe(before)
  })

  test('notes each exit with its syndrome and place, and the way back', () => {
    trace(true)
    machine.sync(0, { esr: HVC })
    const from = count()
    machine.vcpuOn(0)!.elr = 0x4000_1004n
    machine.sync(0, { esr: HVC | 0x1234n })
    expect(recordAt(from)).toMatchObject({ kind: TRACE_EXIT, code: 0x16, vcpu: 0, detail: 0x1234, pc: 0x4000_1004n })
    expect(recordAt(from + 1)).toMatchObject({ kind: TRACE_ENTER, vcpu: 0 })
    expect(recordAt(from + 1).at).toBeGreaterThanOrEqual(recordAt(from).at)
  })

  test('has its time accounted for as the VMs have it', () => {
    trace(true)
    const [from, times] = [count(), [0, 0]]
    for (let i = 0; i < 200; i++) machine.elapse(MILLISECOND / 2n)
    let entered: ReturnType<typeof recordAt> | undefined
    for (let i = from; i < count(); i++) {
      const record = recordAt(i)
      if (entered && record.kind !== TRACE_ENTER) times[entered.vcpu]! += record.at - entered.at
      entered = record.kind === TRACE_ENTER ? record : undefined
      expect(record.kind === TRACE_EXIT).toBe(false)
    }
    expect(count() - from).toBeLessThan(TRACE_RECORDS)
    expect(times[0]! / (times[0]! + times[1]!)).toBeCloseTo(0.8, 1)
    expect([TRACE_ENTER, TRACE_INTERRUPT]).toContain(recordAt(from).kind)
  })

  test('writes over what is oldest', () => {
    trace(true)
    for (let i = 0; i < TRACE_RECORDS; i++) machine.sync(0, { esr: HVC })
    expect(count()).toBeGreaterThan(TRACE_RECORDS)
    expect(recordAt(count() - 1)).toEqual(recordAt(count() - 1 + TRACE_RECORDS))
  })

  test('that no VM has, or that there is not, has no ring', () => {
    for (const core of [KEEPER, 16, 0xffff_ffff]) {
      expect(call('traceCount', core)).toBe(NO_RING)
      expect(call('traceWord', core, 0, 0)).toBe(0n)
    }
  })
})
