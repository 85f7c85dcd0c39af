/** host, which drives the console for all VMs, fails: it begins anew, a report says what and where, and no VM notices. */
import { expect, test } from 'vitest'
import { type Board, withBoard } from './harness/board.ts'
import { faulty, placeOf } from './harness/broken.ts'
import { expectNothingMissed } from './harness/neighbour.ts'
import { argumentsFor } from './harness/system.ts'

const PC = 'pc 0x40[0-9a-f]{8}'
const failed = (fault: number | string, what: string) =>
  new RegExp(`^the console failed \\(fault ${fault}\\): ${what}, ${PC}; it began anew$`)
const at = (fault: string) => `.*${placeOf('host', fault)}`

/** The VM that broke it goes on to its end; the neighbour goes on, and can be looked at alone. */
async function expectConsole(board: Board): Promise<void> {
  await board.line('broken', /nobody answered$/)
  await board.report(/^VM 'broken' powered itself off/)
  await expectNothingMissed(board)
  board.type('\x1d1')
  await board.report(/^screen and keyboard: pulse/)
  board.type('\x1d0')
  await board.report(/^screen: all/)
  await expectNothingMissed(board)
}

test.each([
  ['host-trap', `unreachable code at ${at('HostFault.Trap')}`],
  ['host-far', 'memory fault at address 0x280000000'],
  ['host-spin', `it took too long at ${at('HostFault.Loop')}`],
])('%s: begins anew', async (fault, what) => {
  const system = await faulty('host', fault)
  for (const gic of [2, 3] as const) {
    await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
      await board.report(failed(1, what))
      await expectConsole(board)
    })
  }
})

test.each([2, 3] as const)('a hundred times, told of less and less, GICv%d', async (gic) => {
  const system = await faulty('host', 'host-again')
  await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64]) await board.report(failed(n, 'unreachable code at .*'))
    await expectConsole(board)
    expect(board.hypervisorLines.filter((line) => line.startsWith('the console failed'))).toHaveLength(11)
  })
})

test('for good: VMs run on without a console, to their end', async () => {
  const system = await faulty('host', 'host-dead')
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.report(/^the console failed \(fault 2\): unreachable code at .*; VMs run on without it$/)
    await board.report(/^VM 'broken' powered itself off; it stays off$/)
    expect(board.isRunning).toBe(true)
  })
})
