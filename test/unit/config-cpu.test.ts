/** What a config says of cores and time: durations, shares, and which core each vCPU gets. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAll } from '../../tool/config/check/all.ts'
import { assignCores } from '../../tool/config/core.ts'
import type { VmConfig } from '../../tool/config/define.ts'
import { durationText, parseDuration } from '../../tool/config/duration.ts'
import { serverOf } from '../../tool/config/server.ts'
import { draft } from '../../tool/config/system.ts'

describe('parseDuration', () => {
  it.each([
    ['500us', 500],
    ['2ms', 2000],
    ['1s', 1_000_000],
    ['0.3ms', 300],
    ['1.000001s', 1_000_001],
    [' 10ms ', 10_000],
    ['0us', 0],
  ])('%s', (text, microseconds) => expect(parseDuration(text)).toBe(microseconds))

  it.each([
    '',
    'ms',
    '2',
    '2 ms',
    '-2ms',
    '2m',
    '2msec',
    '2MS',
    '1e3us',
    '0.5us',
    '1.2345678s',
    '.5ms',
    '99999999999s',
  ])('refuses %s', (text) => expect(parseDuration(text)).toBeUndefined())

  it('reads what durationText writes', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (time) => {
        expect(parseDuration(durationText(time))).toBe(time)
      }),
    )
  })
})

describe('a share', () => {
  it.each([
    [80, 8000],
    [12.5, 1250],
    [0.5, 50],
    [33.33, 3333],
    [0.57, 57],
    [100, 10_000],
  ])('of %s %% is so much of 10 ms', (share, budget) => {
    expect(serverOf({ share })).toEqual({ priority: 0, budget, period: 10_000, spare: true, share })
  })

  it('is any number of hundredths', () => {
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 10_000 }), (hundredths) => {
        expect(serverOf({ share: hundredths / 100 })!.budget).toBe(hundredths)
      }),
    )
  })

  it('in time takes no spare time unless it says so', () => {
    const cpu = { cores: [1], budget: '2ms', period: '10ms' }
    expect(serverOf({ cpu })).toEqual({ priority: 0, budget: 2000, period: 10_000, spare: false })
    expect(serverOf({ cpu: { ...cpu, priority: 5, spare: true } })).toMatchObject({ priority: 5, spare: true })
    expect(serverOf({})).toBeUndefined()
  })
})

describe('cores', () => {
  async function system(vms: Partial<VmConfig>[]) {
    const named = vms.map((vm, i) => ({ name: `vm${i}`, memory: '64M', kernel: 'Image', ...vm }))
    const result = await draft('/systems/shared/bulkhead.config.ts', { board: 'qemu-virt', vms: named })
    expect([...result.problems, ...checkAll(result)]).toEqual([])
    return { vms: result.vms, cores: assignCores(result.machine!, result.vms) }
  }

  it('that are shared are nobody’s own', async () => {
    const { cores } = await system([{ cores: [0, 2], share: 60 }, {}, { cores: [2], share: 40 }, {}])
    expect(cores).toEqual([[0, 2], [1], [2], [3]])
  })

  it('may be fewer than vCPUs', async () => {
    const { vms, cores } = await system([{ cores: [0, 1, 2, 3, 0, 1], share: 50 }])
    expect(vms[0]!.cpus).toBe(6)
    expect(cores).toEqual([[0, 1, 2, 3, 0, 1]])
  })

  it('carry several priorities, if all can be kept', async () => {
    const urgent = { cores: [1], budget: '2ms', period: '10ms', priority: 5 }
    const { vms } = await system([{ cpu: urgent }, { cores: [1], share: 64 }])
    expect(vms.map(({ server }) => server!.priority)).toEqual([5, 0])
  })
})
