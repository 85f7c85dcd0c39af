/** Several VMs on one core: each gets what it was promised, and no more of what is promised to others. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { ROOT } from '../../tool/config/project.ts'
import { debian } from '../../tool/config/source.ts'
import { buildIsolationGuest } from '../guest/build.ts'
import { GUESTS } from '../guest/catalogue.ts'
import { withBoard } from './harness/board.ts'
import { some } from './harness/some.ts'
import { argumentsFor, packed } from './harness/system.ts'

const guest = (path: string) => ({ source: 'assemblyscript' as const, entry: join(ROOT, path) })
const spinner = (name: string, share: number): VmConfig => ({
  name,
  cores: [1],
  share,
  memory: '1M',
  kernel: guest('example/shared-core/main.ts'),
})

test.each(some([2, 3] as const, [3] as const))(
  'two VMs that want all of a core get 80 and 20 percent, GICv%d',
  async (gic) => {
    const system = await packed({ name: `shares-${gic}`, vms: [spinner('eighty', 80), spinner('twenty', 20)] })
    await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
      const [, most] = await board.line('eighty', /^share: ([\d.]+) % of/)
      const [, rest] = await board.line('twenty', /^share: ([\d.]+) % of/)
      expect(Math.abs(Number(most) - 80)).toBeLessThanOrEqual(0.5)
      expect(Math.abs(Number(rest) - 20)).toBeLessThanOrEqual(0.5)
    })
  },
)

test.each([2, 3] as const)(
  'an urgent loop misses nothing beside a Linux that works and restarts, GICv%d',
  async (gic) => {
    const system = await packed({
      name: `urgent-${gic}`,
      vms: [
        {
          name: 'linux',
          cores: [1],
          share: 70,
          memory: '192M',
          kernel: debian.kernel(),
          initrd: debian.busyboxInitrd({ lines: ['dmesg | grep stolen', 'echo up', 'reboot -f'] }),
          bootargs: 'console=ttyAMA0 quiet',
          restarts: { limit: 1 },
        },
        {
          name: 'pulse',
          cpu: { cores: [1], budget: '200us', period: '1ms', priority: 10 },
          memory: '1M',
          kernel: guest('example/pulse/main.ts'),
        },
      ],
    })
    await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
      await board.line('linux', /arm-pv: using stolen time PV/)
      await board.line('linux', /^up$/)
      await board.report(/^VM 'linux' reset itself; it starts again$/)
      await board.line('linux', /^up$/)
      await board.report(/^VM 'linux' reset itself; its restart limit is reached, it stays off$/)
      board.skip('pulse')
      await board.line('pulse', /periods/)
      const reports = board.linesOf('pulse').filter((line) => /periods/.test(line))
      expect(reports.filter((line) => !/^pulse: 1000 periods, .*\(0 missed\)$/.test(line))).toEqual([])
    })
  },
)

test.each([2, 3] as const)('two VMs on one core have break- and watchpoints of their own, GICv%d', async (gic) => {
  const { image } = await buildIsolationGuest(GUESTS.find(({ name }) => name === 'breakpoint')!)
  const one = (name: string): VmConfig => ({ name, cores: [1], share: 45, memory: '16M', kernel: image })
  const system = await packed({ name: `points-${gic}`, vms: [one('left'), one('right')] })
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    for (const name of system.vmNames) await board.line(name, /^PASS breakpoint$/)
  })
})
