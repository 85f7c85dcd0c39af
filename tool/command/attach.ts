/** What every command that steers a board does first: find its console, and say hello. */
import { join } from 'node:path'
import { readKey } from '../config/key.ts'
import { findConfig, loadConfig } from '../config/load.ts'
import { draft } from '../config/system.ts'
import { Client } from '../control/client.ts'
import type { Hello } from '../control/protocol.ts'
import { socketPath } from '../control/socket.ts'
import { connect, parseTarget, type Target } from '../control/target.ts'
import { UserError } from '../ui/failure.ts'
import { suggestion } from '../ui/suggest.ts'
import { buildFolder } from './prepare.ts'

export const TARGET = {
  type: 'string',
  valueHint: 'WHERE',
  description:
    'unix:/path, tcp:host:port, /dev/ttyUSB0, or the config that `bulkhead run` runs; by default BULKHEAD_TARGET, or here',
} as const

export const JSON_OUT = { type: 'boolean', description: 'Print the answer as JSON' } as const

export interface Attached {
  client: Client
  board: Hello
}

/** Where a board's line is, and the key that it may want. */
export interface Place {
  target: Target
  key: Buffer | undefined
}

/** `wish`: --target. The connection ends with `work`. */
export async function attached<T>(wish: string | undefined, work: (attached: Attached) => Promise<T>): Promise<T> {
  const { target, key } = await placeOf(wish ?? process.env.BULKHEAD_TARGET)
  const client = new Client(await connect(target), key)
  try {
    return await work({ client, board: await client.hello() })
  } finally {
    client.close()
  }
}

/** What `--target` or the environment says, and the key: BULKHEAD_KEY's, or the config's; undefined: the config here. */
export async function placeOf(text: string | undefined): Promise<Place> {
  const file = process.env.BULKHEAD_KEY
  const own = file ? readKey(file).bytes : undefined
  const target = text === undefined ? undefined : parseTarget(text)
  if (target) return { target, key: own }
  try {
    const file = findConfig(text)
    const { name, key } = await draft(file, await loadConfig(file))
    const target = { kind: 'unix' as const, path: socketPath(join(buildFolder(file), name)) }
    return { target, key: own ?? (key === undefined ? undefined : readKey(key).bytes) }
  } catch (error) {
    if (text !== undefined || !(error instanceof UserError)) throw error
    throw new UserError('no config is here: say with --target which board is meant, as --target example/two-guests')
  }
}

/** The VM's name as the board has it. */
export function known(board: Hello, vm: string | undefined): string {
  const names = board.vms.join(', ')
  if (vm === undefined || vm === '') throw new UserError(`say which VM: ${names}`)
  if (board.vms.includes(vm)) return vm
  throw new UserError(`there is no VM '${vm}': ${suggestion(vm, board.vms)}`)
}

/** Resolves when somebody wants us to end: by a signal, or because whoever read our output has gone. */
export function interrupted(): { promise: Promise<void>; done: () => void } {
  let done = () => {}
  const promise = new Promise<void>((resolve) => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    for (const signal of signals) process.on(signal, resolve)
    process.stdout.on('error', () => resolve())
    done = () => {
      for (const signal of signals) process.off(signal, resolve)
    }
  })
  return { promise, done }
}
