/** What gdb is told when its VM halts. GDB manual, "Stop Reply Packets". */
import { expect, test } from 'vitest'
import { HALT_BREAKPOINT, HALT_CRASH, HALT_HEARTBEAT, HALT_NONE, HALT_WATCHDOG } from '../../src/abi/debug.ts'
import type { Client } from '../../tool/control/client.ts'
import { Guest } from '../../tool/debug/guest.ts'
import { Stub } from '../../tool/debug/stub.ts'

/** Two vCPUs that are on, the second of which had the VM halt. */
async function told(halt: number): Promise<string[]> {
  const vcpus = [HALT_NONE, halt].map((each) => ({ on: 1, halt: each, at: '0x40001230' }))
  const debug = async (_vm: string, op: string) => (op === 'halt' ? { breakpoints: 4, watchpoints: 4, vcpus } : {})
  return new Stub(new Guest({ debug } as unknown as Client, 'alpha')).stopped()
}

const printed = (packet: string) => Buffer.from(packet.slice(1), 'hex').toString()

test.each([
  ['a breakpoint', HALT_BREAKPOINT, 'T05swbreak:;thread:2;'],
  ['a crash', HALT_CRASH, 'T0bthread:2;'],
])('of %s a signal', async (_, halt, reply) => {
  expect(await told(halt)).toEqual([reply])
})

test.each([
  ['watchdog', HALT_WATCHDOG, 'The VM hangs: its watchdog got to zero twice, and nobody reloaded it.\n'],
  [
    'heart-beat',
    HALT_HEARTBEAT,
    'The VM hangs: no sign of life in time, neither a reload of its watchdog nor a call.\n',
  ],
])('of a hang by its %s SIGTERM, at which gdb stops, and why', async (_, halt, words) => {
  const [print = '', ...rest] = await told(halt)
  expect([print[0], printed(print)]).toEqual(['O', words])
  expect(rest).toEqual(['T0fthread:2;'])
})
