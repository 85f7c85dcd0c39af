/** What a VM's crash leads to where its config says more than a restart. */
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { buildIsolationGuest } from '../guest/build.ts'
import { GUESTS } from '../guest/catalogue.ts'
import { withBoard } from './harness/board.ts'
import { expectTicking, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

async function crashing(life: Partial<VmConfig>): Promise<VmConfig> {
  const { image } = await buildIsolationGuest(GUESTS.find(({ name }) => name === 'no-vectors')!)
  return { name: 'crash', memory: '4M', kernel: image, ...life }
}

test.each([2, 3] as const)(
  'waits, then another VM in its place; the neighbour does not notice, GICv%d',
  async (gic) => {
    const restarts = { limit: 3, backoff: '50ms', onLimit: { start: 'fallback' } }
    const fallback = { ...NEIGHBOUR, name: 'fallback', autostart: false }
    const vms = [NEIGHBOUR, await crashing({ restarts, after: [NEIGHBOUR.name] }), fallback]
    const system = await packed({ name: `policy-${gic}`, vms })
    await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
      for (const wait of [50, 100, 200]) {
        await board.report(new RegExp(`^VM 'crash' crashed; it starts again in ${wait} ms$`))
      }
      await board.report(/^VM 'crash' crashed; its restart limit is reached, in its place starts VM 'fallback'$/)
      await board.line('fallback', /^pulse: 1000 periods, .*\(0 missed\)$/)
      await expectTicking(board)
      const starts = board.hypervisorLines.flatMap((line) => /^vm (\w+): scrub/.exec(line)?.[1] ?? [])
      expect(starts.filter((name) => name !== 'pulse')).toEqual(['crash', 'crash', 'crash', 'crash', 'fallback'])
      expect(starts.filter((name) => name === 'pulse')).toHaveLength(1)
    })
  },
)

test.each(['qemu-virt', 'rpi4'])('the board reboots: %s', async (name) => {
  const board = name === 'rpi4' ? { name } : {}
  const system = await packed({
    name: `reboot-${name}`,
    board,
    vms: [NEIGHBOUR, await crashing({ onCrash: 'reboot-board' })],
  })
  // QEMU ends where a board would begin anew (-no-reboot).
  await withBoard(
    { args: argumentsFor(system, { gic: name === 'rpi4' ? 2 : 3 }), vmNames: system.vmNames },
    async (qemu) => {
      await qemu.report(/^VM 'crash' crashed; the board reboots$/)
      expect(await qemu.off()).toBe(0)
      // Another CPU may have had something to say meanwhile, but nobody starts anything any more.
      expect(qemu.hypervisorLines.filter((line) => /starts again|stays off|powers off/.test(line))).toEqual([])
    },
  )
})
