/** Every guest of test/guest/catalogue.ts, under both GICs, beside a control loop that must not miss a period. */
import { expect, test } from 'vitest'
import type { GicVersion } from '../../tool/config/board.ts'
import type { VmConfig } from '../../tool/config/define.ts'
import { buildIsolationGuest } from '../guest/build.ts'
import { GUESTS, type IsolationGuest, MEMORY } from '../guest/catalogue.ts'
import { withBoard } from './harness/board.ts'
import { expectUnharmed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

/** Each lives twice at least: the first life leaves nothing to the second, and at the second the neighbour's loop runs. */
function livesOf({ times = 2 }: IsolationGuest): number {
  return times
}

async function vmFor(guest: IsolationGuest): Promise<VmConfig> {
  const { image, dtb } = await buildIsolationGuest(guest)
  const life = { onShutdown: 'restart', restarts: { limit: livesOf(guest) - 1 } } as const
  const own = { ...(dtb && { dtb: { file: dtb } }), ...(guest.devices && { devices: guest.devices }) }
  return { name: guest.name, memory: MEMORY, kernel: image, ...own, ...life }
}

test.each(GUESTS)('$name: $asks', async (guest) => {
  const system = await packed({ name: guest.name, vms: [NEIGHBOUR, await vmFor(guest)] })
  for (const gic of [2, 3] satisfies GicVersion[]) {
    await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
      await board.report(new RegExp(`^VM '${guest.name}' .*its restart limit is reached, it stays off$`))
      await expectUnharmed(board)
      const whole = board.lines.map((line) => line.whole)
      const answers = whole.filter((line) => guest.expect.test(line))
      expect(answers.length, whole.join('\n')).toBe(livesOf(guest))
      expect(whole.filter((line) => /\| FAIL /.test(line))).toEqual([])
      expect(board.hypervisorLines.some((line) => line.includes(' crashed'))).toBe(guest.crashes === true)
    })
  }
})
