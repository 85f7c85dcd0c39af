/** What the cores of a running board do, as a file for Perfetto: who runs, for how long, and why guests exit. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../tool/config/project.ts'
import { bulkhead, during, start } from './harness/command.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { configFile } from './harness/system.ts'

const MINUTE = 60_000

interface Event {
  name: string
  ph: string
  pid: number
  tid: number
  ts?: number
  dur?: number
}

test.each(['2', '3'])(
  'two VMs that share a core have it 80 to 20, GICv%s',
  async (gic) => {
    const kernel = { source: 'assemblyscript', entry: join(ROOT, 'example/shared-core/main.ts') }
    const file = await configFile(`trace-${gic}`, {
      name: `test-trace-${gic}`,
      board: { name: 'qemu-virt', cpus: 2, memory: '256M' },
      trace: true,
      vms: [
        { name: 'eighty', cores: [1], share: 80, memory: '1M', kernel },
        { name: 'twenty', cores: [1], share: 20, memory: '1M', kernel },
      ],
    })
    // In counted instructions the guests' time is theirs, however busy this machine is.
    await during(['run', file, '--icount', '--gic', gic], async ({ seen }) => {
      await seen(/twenty +\| share: \d/)
      const { traceEvents } = JSON.parse(await bulkhead(file, 'trace', '--seconds', '3', '--json')) as {
        traceEvents: Event[]
      }
      const runs = traceEvents.filter(({ ph }) => ph === 'X')
      const time = (name: string) => runs.reduce((sum, run) => sum + (run.name === name ? run.dur! : 0), 0)
      expect(time('eighty') / (time('eighty') + time('twenty'))).toBeCloseTo(0.8, 1)
      // One at a time has the core.
      const inOrder = [...runs].sort((a, b) => a.ts! - b.ts!)
      for (const [i, run] of inOrder.entries()) {
        const next = inOrder[i + 1]
        if (next) expect(run.ts! + run.dur!).toBeLessThanOrEqual(next.ts! + 0.01)
      }
      const names = traceEvents.filter(({ ph }) => ph === 'i').map(({ name }) => name)
      // The scheduler's timer; a guest that prints leaves for its UART too.
      expect(names).toContain('interrupt')
      expect(names.filter((name) => name !== 'interrupt' && name !== 'data abort')).toEqual([])
      expect(traceEvents.filter(({ ph }) => ph === 'M').map(({ pid, tid }) => [pid, tid])).toEqual([
        [1, 0],
        [1, 1],
        [1, 2],
      ])
    })
  },
  4 * MINUTE,
)

test('a board whose config does not ask for it cannot be traced', async () => {
  const file = await configFile('trace-off', { name: 'test-trace-off', board: 'qemu-virt', vms: [NEIGHBOUR] })
  await during(['run', file], async ({ seen }) => {
    await seen(/pulse +\| pulse: \d+ periods/)
    const { code, stderr } = await start(['trace', '--target', file]).ended
    expect([code, stderr]).toEqual([
      1,
      'bulkhead: the board cannot be traced: give its config trace: true, and build it again\n',
    ])
  })
})
