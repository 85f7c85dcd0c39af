/** host, which also drives the control line's own UART, fails while a client talks there: the line comes back, and nobody waits for ever. */
import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../tool/config/project.ts'
import { Client } from '../../tool/control/client.ts'
import { linePath } from '../../tool/control/socket.ts'
import { connect } from '../../tool/control/target.ts'
import { withBoard } from './harness/board.ts'
import { broken } from './harness/broken.ts'
import { expectNothingMissed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, packed } from './harness/system.ts'

/** Faults of the guest's `host-again` that are told of in a line each: of a hundred. */
const TOLD = 11

test.each([2, 3] as const)('a hundred times, GICv%d', async (gic) => {
  const system = await packed({
    name: `control-fault-${gic}`,
    vms: [NEIGHBOUR, broken('host-again', { autostart: false, onCrash: 'stop' })],
    control: { uart: 'uart1' },
    isFaulty: true,
  })
  const path = linePath(join(ROOT, `build/test/control-fault-${gic}`))
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  await withBoard({ args: argumentsFor(system, { gic, wire: path }), vmNames: system.vmNames }, async (board) => {
    await board.line('pulse', /periods/)
    const client = new Client(await connect({ kind: 'unix', path }))
    const states: string[] = []
    client.listen({ state: ({ vm, state }) => states.push(`${vm} ${state}`) })
    expect((await client.hello()).vms).toEqual(['pulse', 'broken'])

    // What is asked while host fails may be lost; then the client says so. It never stays open.
    let isOver = false
    const over = board.report(/^VM 'broken' powered itself off/).then(() => {
      isOver = true
    })
    await client.ask('start', 'broken')
    const answers: string[] = []
    while (!isOver) {
      answers.push(
        await client.ask('status', 'pulse').then(
          ({ state }) => state,
          (error: Error) => error.message,
        ),
      )
    }
    await over
    const odd = answers.filter((answer) => answer !== 'running' && !/^the board does not answer within/.test(answer))
    expect(odd).toEqual([])
    expect(board.hypervisorLines.filter((line) => line.startsWith('the console failed'))).toHaveLength(TOLD)

    // The line is as before: requests, answers, events; and the console's has none of it.
    expect((await client.ask('status', 'broken')).state).toBe('stopped')
    states.length = 0
    await client.ask('pause', 'pulse')
    await client.ask('resume', 'pulse')
    expect(states).toEqual(['pulse paused', 'pulse running'])
    expect(board.text).not.toContain('jsonrpc')
    client.close()
    await expectNothingMissed(board)
  })
})
