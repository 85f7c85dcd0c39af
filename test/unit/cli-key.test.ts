/** Clients of a board whose line wants a key, through the hub that they share: the right key, none, another, and who leaves last. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkKey, readKey } from '../../tool/config/key.ts'
import { answerTo } from '../../tool/control/authenticate.ts'
import { Client } from '../../tool/control/client.ts'
import { Hub } from '../../tool/control/hub.ts'
import { connect } from '../../tool/control/target.ts'
import { FakeHost } from '../fake/host.ts'
import { FakeKey } from '../fake/key.ts'

const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i))
let folder: string
let host: FakeHost
let key: FakeKey
let hub: Hub
const clients: Client[] = []
/** Whatever the board's end of the line was sent. */
let sent: string[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-key-'))
  key = new FakeKey(KEY)
  const board = new FakeHost({ key })
  const log: string[] = []
  const own = new Hub((bytes) => {
    log.push(bytes.toString('latin1'))
    board.now += 20_000
    board.type(bytes)
    board.settle()
    const said = board.uart.sent.splice(0)
    if (said.length > 0) own.hear(Buffer.from(said))
  })
  // What a test before has left behind speaks to its own.
  ;[host, sent, hub] = [board, log, own]
  await hub.listen(join(folder, 'control.sock'))
})
afterEach(() => {
  for (const one of clients.splice(0)) one.close()
  hub.close()
  rmSync(folder, { recursive: true })
})

async function client(own?: Buffer): Promise<Client> {
  const one = new Client(await connect({ kind: 'unix', path: join(folder, 'control.sock') }), own)
  clients.push(one)
  return one
}

describe('a client', () => {
  test('with the key says hello as ever, and never sends the key', async () => {
    const one = await client(KEY)
    expect((await one.hello()).vms).toEqual(['linux', 'pulse'])
    expect((await one.ask('status', 'linux')).vm).toBe('linux')
    expect(sent.join('')).not.toContain(KEY.toString('hex'))
    expect(sent.join('')).not.toContain(KEY.toString('latin1'))
  })

  test('without hears what to do', async () => {
    await expect((await client()).hello()).rejects.toThrow('the board wants a key: name its file in BULKHEAD_KEY')
  })

  test('with another hears that it is another', async () => {
    await expect((await client(Buffer.alloc(32, 3))).hello()).rejects.toThrow('the key is not the one')
    expect(key.failures).toBe(1)
  })

  test('finds out when what answers has no key', async () => {
    const one = await client(KEY)
    const { unlock } = key
    key.unlock = () => {
      unlock.call(key)
      key.proof = Buffer.alloc(32)
      return 0
    }
    await expect(one.hello()).rejects.toThrow('what answers has not the key')
  })

  test('of a board without a key needs none', async () => {
    expect(await (await client(KEY)).hello()).toMatchObject({ protocol: 1 })
  })

  test('opens a line again that was locked meanwhile', async () => {
    const one = await client(KEY)
    await one.hello()
    host.now += 61_000_000
    expect((await one.ask('status', 'pulse')).vm).toBe('pulse')
  })
})

test('several at once open the line once each at most, and the last to leave locks it', async () => {
  const [one, two] = [await client(KEY), await client(KEY)]
  await Promise.all([one.hello(), two.hello()])
  expect(key.failures).toBe(0)
  one.close()
  expect((await two.ask('status', 'pulse')).vm).toBe('pulse')
  expect(sent.join('')).not.toContain('"bye"')
  two.close()
  await expect.poll(() => sent.join('')).toContain('"bye"')
  await expect((await client()).hello()).rejects.toThrow('wants a key')
})

test('answers differ by challenge, nonce and key', () => {
  const [a, b] = ['aa'.repeat(32), 'bb'.repeat(32)]
  const nonce = Buffer.alloc(32, 1)
  const answers = [
    answerTo(a, KEY, nonce),
    answerTo(b, KEY, nonce),
    answerTo(a, KEY, Buffer.alloc(32, 2)),
    answerTo(a, Buffer.alloc(32, 1), nonce),
    answerTo(a, KEY),
    answerTo(a, KEY),
  ]
  expect(new Set(answers.map(({ answer }) => answer)).size).toBe(answers.length)
})

describe('a key’s file', () => {
  const file = (content: string | Buffer, mode = 0o600) => {
    const path = join(folder, 'key')
    writeFileSync(path, content)
    chmodSync(path, mode)
    return path
  }

  test.each([
    ['digits', KEY.toString('hex')],
    ['digits and a line end', `${KEY.toString('hex').toUpperCase()}\n`],
    ['bytes', KEY],
  ])('of %s is read', (_, content) => {
    expect(readKey(file(content))).toEqual({ bytes: KEY, isOpen: false })
  })

  test('that others may read is marked', () => {
    expect(readKey(file(KEY, 0o640)).isOpen).toBe(true)
  })

  test.each([
    [
      'short',
      KEY.subarray(1),
      /is no key: neither 64 hexadecimal digits nor 32 bytes; make one: .*openssl rand -hex 32/,
    ],
    ['words', 'a key\n', /is no key/],
    ['zeroes', '00'.repeat(32), /everybody guesses that key/],
  ])('of %s is refused', (_, content, reason) => {
    expect(() => readKey(file(content))).toThrow(reason)
  })

  test('that is missing is a mistake in the config', () => {
    expect(checkKey(join(folder, 'none'))).toEqual([
      {
        path: 'control.key',
        reason: expect.stringMatching(/^there is no file/),
        remedy: expect.stringContaining('openssl'),
      },
    ])
    expect(checkKey(undefined)).toEqual([])
  })
})
