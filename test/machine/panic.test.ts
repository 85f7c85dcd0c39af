/** A fault in what all VMs share, core or host, ends everything: a line says what and where, then no core runs on. */
import { expect, test } from 'vitest'
import { withBoard } from './harness/board.ts'
import { type BrokenModule, faulty, placeOf } from './harness/broken.ts'
import { argumentsFor } from './harness/system.ts'

const PC = '0x40[0-9a-f]{8}'
const exception = (at: string) => `exception at pc ${PC}, lr 0x[0-9a-f]+, syndrome 0x9600[0-9a-f]{4}, address 0x${at}`
const trap = (module: BrokenModule, reason: string, fault: string) =>
  `${reason} at .*${placeOf(module, fault)}, pc ${PC}`

test.each<[BrokenModule, string, string]>([
  ['core', 'core-trap', `panic: ${trap('core', 'unreachable code', 'CoreFault.Trap')}`],
  ['core', 'core-null', `panic: ${exception('0')}`],
  ['core', 'core-far', `panic: ${exception('fffffff8')}`],
  ['host', 'host-trap', `panic in host: ${trap('host', 'unreachable code', 'HostFault.Trap')}`],
  ['host', 'host-far', `panic in host: ${exception('280000000')}`],
  ['host', 'host-spin', `panic in host: ${trap('host', 'it took too long', 'HostFault.Loop')}`],
  ['host', 'host-dead', `panic in host: ${trap('host', 'unreachable code', 'HostFault.ForGood')}`],
])('%s: %s', async (module, fault, line) => {
  const system = await faulty(module, fault)
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.asleep(30)
    expect(board.hypervisorLines.at(-1)).toMatch(new RegExp(`^${line}$`))
    expect(board.isRunning).toBe(true)
  })
})
