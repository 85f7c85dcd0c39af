/** Bundles that promise what a core cannot keep: one line that says so, then nothing runs. */

import { describe, expect, test } from 'vitest'
import { STATE_RUNNING } from '../../src/abi/life.ts'
import { bundle, type FakeVm } from '../fake/bundle.ts'
import { Machine } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'
import type { Node } from '../fake/tree.ts'

const REMEDY = '; change the config and build the bundle again'
const BOUNDS = `a vCPU's budget or period is out of bounds${REMEDY}`
const SUM = `the shares of a core are more than the whole of it${REMEDY}`
const TWO = `two vCPUs want one core${REMEDY}`
const MOST = 0xffff_ffff

const sharers = (...servers: number[][]): Record<string, FakeVm> =>
  Object.fromEntries(servers.map((server, i) => [`vm${i}`, { cores: [0], servers: [server] }]))
const refused = (vms: Record<string, FakeVm>) => refusal({ initrd: bundle({ vms }) })
function boots(vms: Record<string, FakeVm>): boolean {
  const machine = new Machine({ initrd: bundle({ vms }) })
  return machine.boot() !== undefined
}

describe('one vCPU', () => {
  test.each([
    ['a budget above its period', [0, 10_001, 10_000, 0]],
    ['no period', [0, 10, 0, 0]],
    ['a budget of all ones', [0, MOST, 10_000, 0]],
    ['budget and period of all ones', [0, MOST, MOST, 0]],
    ['a period of hours', [0, 10, MOST, 0]],
    ['a period whose ticks do not fit', [0, 10, 34_359_739, 0]],
  ])('with %s', (_, server) => {
    expect(refused(sharers(server))).toBe(BOUNDS)
  })

  test('may have the longest period that there is, and all of it', () => {
    expect(boots(sharers([MOST, 1_000_000, 1_000_000, 0]))).toBe(true)
  })
})

describe('two on one core', () => {
  test.each([
    [
      '101 percent',
      [
        [0, 8100, 10_000, 0],
        [0, 2000, 10_000, 0],
      ],
    ],
    [
      'a thousandth too much, in periods that nothing divides',
      [
        [0, 3_334, 10_000, 0],
        [0, 666_700, 999_983, 0],
      ],
    ],
    [
      'the whole core each',
      [
        [0, 10, 10, 0],
        [0, 10, 10, 0],
      ],
    ],
  ])('with %s', (_, servers) => {
    expect(refused(sharers(...servers))).toBe(SUM)
  })

  test('with exactly the whole of it', () => {
    expect(boots(sharers([0, 8000, 10_000, 0], [0, 2000, 10_000, 0]))).toBe(true)
    const thirds = [0, 1, 2].map(() => [0, 3333, 9999, 0])
    expect(boots(sharers(...thirds))).toBe(true)
  })

  test.each([
    [
      'none of them has a budget',
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    ],
    [
      'one has a budget, one has not',
      [
        [0, 100, 1000, 0],
        [0, 0, 1000, 0],
      ],
    ],
    [
      'a budget is less than a tick',
      [
        [0, 0, 1000, 1],
        [0, 500, 1000, 1],
      ],
    ],
  ])('where %s', (_, servers) => {
    expect(refused(sharers(...servers))).toBe(TWO)
  })

  test('of which one VM has the core to itself', () => {
    expect(refused({ alpha: {}, beta: { cores: [0], servers: [[0, 100, 1000, 0]] } })).toBe(TWO)
  })

  test('of one VM', () => {
    expect(
      refused({
        alpha: {
          cores: [0, 0],
          servers: [
            [0, 600, 1000, 0],
            [0, 600, 1000, 0],
          ],
        },
      }),
    ).toBe(SUM)
  })
})

test('another core’s shares are looked at too', () => {
  const vms = {
    alpha: {
      cores: [0, 3],
      servers: [
        [0, 600, 1000, 0],
        [0, 1001, 1000, 0],
      ],
    },
  }
  expect(refused(vms)).toBe(BOUNDS)
})

test('a list that is cut short leaves vCPUs without a share', () => {
  const vms = { alpha: { cores: [0, 0], servers: [[0, 600, 1000, 0]] } }
  expect(refused(vms)).toBe(TWO)
})

test('sixteen share one core', () => {
  const machine = new Machine({
    initrd: bundle({ vms: sharers(...Array.from({ length: 16 }, () => [0, 625, 10_000, 0])) }),
  })
  machine.boot()
  for (let i = 0; i < 200; i++) machine.elapse(62_500n)
  expect(Array.from({ length: 16 }, (_, vm) => machine.core.vmState!(vm))).toEqual(new Array(16).fill(STATE_RUNNING))
})

test('a bundle whose servers are words of another kind', () => {
  const initrd = bundle({
    vms: sharers([0, 500, 1000, 0], [0, 500, 1000, 0]),
    bend: (tree) => {
      ;(tree.bulkhead.vms.vm1 as Node).servers = 'half of it'
    },
  })
  expect(refusal({ initrd })).toBe(BOUNDS)
})
