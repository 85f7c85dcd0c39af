/** Clients of a board through the one end of its line that `bulkhead run` holds: a socket, and the console's own code as the board. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { REQUEST_BURST } from '../../src/abi/control.ts'
import { CONTROL_WRONG_STATE, STATE_PAUSED, STATE_STARTING } from '../../src/abi/life.ts'
import { Client } from '../../tool/control/client.ts'
import { Hub } from '../../tool/control/hub.ts'
import { socketPath } from '../../tool/control/socket.ts'
import { connect, parseTarget } from '../../tool/control/target.ts'
import { FakeHost } from '../fake/host.ts'

let folder: string
let host: FakeHost
let hub: Hub
let path: string
const clients: Client[] = []

/** The board's bytes reach the hub after each of its own that reached the board. */
function pump(): void {
  host.now += 20_000
  host.settle()
  const bytes = host.uart.sent.splice(0)
  if (bytes.length > 0) hub.hear(Buffer.from(bytes))
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-client-'))
  path = join(folder, 'control.sock')
  host = new FakeHost()
  hub = new Hub((bytes) => {
    host.type(bytes)
    pump()
  })
  await hub.listen(path)
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  hub.close()
  rmSync(folder, { recursive: true })
})

async function client(): Promise<Client> {
  const one = new Client(await connect({ kind: 'unix', path }))
  clients.push(one)
  return one
}

describe('two clients', () => {
  test('each get their own answers, and both the events and the text', async () => {
    const [one, two] = [await client(), await client()]
    const seen: string[] = []
    const heard = new Promise<void>((resolve) => {
      const note = (who: string) => ({
        state: ({ vm, state }: { vm: string; state: string }) => {
          seen.push(`${who} ${vm} ${state}`)
          if (seen.length === 2) resolve()
        },
      })
      one.listen(note('one'))
      two.listen(note('two'))
    })
    const [hello, status] = await Promise.all([one.hello(), two.ask('status', 'pulse')])
    expect([hello.vms, status.vm]).toEqual([['linux', 'pulse'], 'pulse'])
    host.call.tell(1, STATE_STARTING, 2)
    pump()
    await heard
    expect(seen.sort()).toEqual(['one pulse starting', 'two pulse starting'])
  })

  test('cannot cut up each other’s requests', async () => {
    const [one, two] = [await client(), await client()]
    one.type('\x1e{"jsonrpc":"2.0","id":7,"me')
    expect((await two.hello()).protocol).toBe(1)
    one.type('thod":"hello"}\n')
    expect((await one.hello()).protocol).toBe(1)
  })
})

test('what is refused comes as a line for people, with its name for programs', async () => {
  const one = await client()
  await expect(one.ask('stop', 'nobody')).rejects.toMatchObject({
    reason: 'unknown-vm',
    message: "there is no VM 'nobody': npx bulkhead ps lists them",
  })
  host.control = () => CONTROL_WRONG_STATE
  host.states[0] = STATE_PAUSED
  await expect(one.ask('pause', 'linux')).rejects.toMatchObject({
    reason: 'wrong-state',
    message: 'linux cannot do that now: it is paused',
  })
})

test('more requests than the board takes at once are asked again', async () => {
  const one = await client()
  const answers = await Promise.all(Array.from({ length: 2 * REQUEST_BURST }, () => one.hello()))
  expect(answers).toHaveLength(2 * REQUEST_BURST)
})

test('late comers get what was said before, without records', async () => {
  await (await client()).hello()
  host.put(0, 'one\n')
  pump()
  expect(await (await client()).log()).toBe('linux    | one\r\n')
})

test('a client that types reaches the keyboard; one that has gone harms nobody', async () => {
  const one = await client()
  one.type('ls\r')
  await one.hello()
  expect(host.input(0)).toBe('ls\r')
  one.close()
  const two = await client()
  expect((await two.hello()).protocol).toBe(1)
})

test('when the board goes, whoever waits hears of it', async () => {
  const one = await client()
  await one.hello()
  const closed = new Promise<void>((resolve) => one.listen({ closed: resolve }))
  hub.close()
  await closed
  await expect(one.hello()).rejects.toThrow('the board is gone')
})

test('only this user may open the socket', () => {
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('where no board is, one line says so', async () => {
  await expect(connect({ kind: 'unix', path: `${path}x` })).rejects.toThrow(/: no board is there; start the board/)
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  await expect(connect({ kind: 'tcp', host: '127.0.0.1', port })).rejects.toThrow(/no board is there/)
  await expect(connect({ kind: 'serial', path: '/dev/no-such-line', baud: 9600 })).rejects.toThrow(/no such device/)
})

test.each([
  ['unix:/run/board.sock', { kind: 'unix', path: '/run/board.sock' }],
  ['tcp:localhost:4444', { kind: 'tcp', host: 'localhost', port: 4444 }],
  ['tcp:[::1]:4444', { kind: 'tcp', host: '::1', port: 4444 }],
  ['/dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0', baud: 115200 }],
  ['serial:/dev/ttyAMA0:9600', { kind: 'serial', path: '/dev/ttyAMA0', baud: 9600 }],
  ['example/two-guests', undefined],
])('target %s', (text, target) => expect(parseTarget(text)).toEqual(target))

test.each(['tcp:localhost', 'tcp:localhost:0', 'tcp:x:70000', 'unix:', 'serial:ttyUSB0'])('no target: %s', (text) => {
  expect(() => parseTarget(text)).toThrow('write one of unix:/path')
})

test('a folder that is too deep for a socket has it elsewhere, always at the same place', () => {
  const deep = `/${'x'.repeat(120)}`
  expect(socketPath('/short')).toBe('/short/control.sock')
  expect(socketPath(deep)).toMatch(/bulkhead-[0-9a-f]{16}\.sock$/)
  expect(socketPath(deep)).toBe(socketPath(deep))
})
