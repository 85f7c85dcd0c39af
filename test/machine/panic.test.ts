/** A fault in core ends everything: a line says what and where, then no CPU runs on. */
import { expect, test } from 'vitest'
import { withBoard } from './harness/board.ts'
import { faulty, placeOf } from './harness/broken.ts'
import { argumentsFor } from './harness/system.ts'

const PC = '0x40[0-9a-f]{8}'
const exception = (at: string) => `exception at pc ${PC}, lr 0x[0-9a-f]+, syndrome 0x9600[0-9a-f]{4}, address 0x${at}`
const trap = (reason: string, fault: string) => `${reason} at .*${placeOf('core', fault)}, pc ${PC}`

test.each([
  ['core-trap', `panic: ${trap('unreachable code', 'CoreFault.Trap')}`],
  ['core-null', `panic: ${exception('0')}`],
  ['core-far', `panic: ${exception('fffffff8')}`],
])('%s', async (fault, line) => {
  const system = await faulty('core', fault)
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.asleep(30)
    expect(board.hypervisorLines.at(-1)).toMatch(new RegExp(`^${line}$`))
    expect(board.isRunning).toBe(true)
  })
})
