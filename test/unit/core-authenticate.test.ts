/** The key of the serial line: HMAC-SHA-256 by RFC 4231, challenges that never come twice, wrong answers that cost time. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  UNLOCK_LATER,
  UNLOCK_RIGHT,
  UNLOCK_STALE,
  UNLOCK_WRONG,
  WRONG_MOST_MS,
  WRONG_MS,
} from '../../src/abi/control.ts'
import { answerTo } from '../../tool/control/authenticate.ts'
import { parkedMachine } from '../fake/internals.ts'
import type { Machine } from '../fake/machine.ts'
import { started } from '../fake/started.ts'
import type { Node } from '../fake/tree.ts'

const KEY = Buffer.from('the key of a board: 32 bytes, so')
const MILLISECOND = 62_500n

describe('HMAC-SHA-256', () => {
  const { core } = parkedMachine()
  const [key, message, work, out] = [0x7_0000, 0x7_1000, 0x7_4000, 0x7_5000]
  const hmac = (secret: Uint8Array, data: Uint8Array) => {
    const memory = new Uint8Array(core.memory.buffer)
    memory.set(secret, key)
    memory.set(data, message)
    core.hmac!(key, secret.length, message, data.length, out, work)
    expect([...memory.subarray(work, work + 352)].some((byte) => byte !== 0)).toBe(false)
    return Buffer.from(memory.slice(out, out + 32)).toString('hex')
  }

  // RFC 4231, "Test Vectors", whose keys are no longer than a block.
  test.each([
    [1, '0b'.repeat(20), Buffer.from('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      2,
      Buffer.from('Jefe').toString('hex'),
      Buffer.from('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [3, 'aa'.repeat(20), Buffer.alloc(50, 0xdd), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
    [
      4,
      '0102030405060708090a0b0c0d0e0f10111213141516171819',
      Buffer.alloc(50, 0xcd),
      '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    ],
  ])('is that of RFC 4231, case %i', (_, secret, data, expected) => {
    expect(hmac(Buffer.from(secret, 'hex'), data)).toBe(expected)
  })

  test("is Node's, whatever the lengths", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 300 }), (secret, data) => {
        expect(hmac(secret, data)).toBe(createHmac('sha256', secret).update(data).digest('hex'))
      }),
    )
  })

  test('differs where one bit does', () => {
    const memory = new Uint8Array(core.memory.buffer)
    memory.copyWithin(message, out, out + 32)
    expect(core.sameHash!(message, out)).toBe(1)
    for (let bit = 0; bit < 256; bit++) {
      memory[message + (bit >> 3)]! ^= 1 << (bit & 7)
      expect(core.sameHash!(message, out)).toBe(0)
      memory[message + (bit >> 3)]! ^= 1 << (bit & 7)
    }
  })
})

function locked(options: Parameters<typeof started>[0] = {}) {
  const { machine } = started({ control: true, line: { key: KEY }, ...options })
  return machine
}

const word = (value: number | bigint | undefined) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value ?? 0)))
  return bytes
}
const words = (machine: Machine, name: string) =>
  Buffer.concat([0, 1, 2, 3].map((i) => word(machine.core[name]!(i) as bigint)))
const challenge = (machine: Machine) => words(machine, 'challengeWord').toString('hex')

/** UNLOCK_*, and whether the board's own answer is right. */
function answer(machine: Machine, key = KEY, to = challenge(machine)) {
  const { nonce, answer, isProof } = answerTo(to, key)
  const bytes = Buffer.from(nonce + answer, 'hex')
  for (let i = 0; i < 8; i++) machine.core.offerWord!(i, bytes.readBigUInt64LE(i * 8))
  const code = machine.core.unlock!()
  return { code, isProof: isProof(words(machine, 'proofWord').toString('hex')) }
}

describe('a challenge', () => {
  test('there is none without a key, nor a line that is locked', () => {
    const { machine } = started({ control: true })
    expect(machine.core.keyed!()).toBe(0)
    expect(locked().core.keyed!()).toBe(1)
  })

  test('stays until it is answered, and never comes again', () => {
    const machine = locked()
    const seen = new Set<string>()
    for (let i = 0; i < 200; i++) {
      const one = challenge(machine)
      expect(challenge(machine)).toBe(one)
      expect(seen.has(one)).toBe(false)
      seen.add(one)
      expect(answer(machine)).toEqual({ code: UNLOCK_RIGHT, isProof: true })
    }
  })

  test('follows from the boot loader’s seed: another boot, another one', () => {
    const seeded = (byte: number) => (tree: Node) => {
      const chosen = tree.chosen as Node | undefined
      if (chosen) chosen['rng-seed'] = Buffer.alloc(64, byte)
    }
    expect(challenge(locked({ bend: seeded(1) }))).not.toBe(challenge(locked({ bend: seeded(2) })))
  })
})

describe('an answer', () => {
  test('is good once', () => {
    const machine = locked()
    const old = challenge(machine)
    expect(answer(machine).code).toBe(UNLOCK_RIGHT)
    expect(answer(machine, KEY, old).code).toBe(UNLOCK_STALE)
    challenge(machine)
    expect(answer(machine, KEY, old).code).toBe(UNLOCK_WRONG)
  })

  test('by another key is wrong, shows nothing, and costs twice as much each time', () => {
    const machine = locked()
    const other = Buffer.alloc(32, 1)
    for (let i = 0, wait = WRONG_MS; i < 12; i++, wait = Math.min(wait * 2, WRONG_MOST_MS)) {
      expect(answer(machine, other)).toEqual({ code: UNLOCK_WRONG, isProof: false })
      expect(words(machine, 'proofWord').every((byte) => byte === 0)).toBe(true)
      expect(Number(machine.core.unlockWait!())).toBeGreaterThanOrEqual(wait)
      expect(Number(machine.core.unlockWait!())).toBeLessThanOrEqual(wait + 1)
      // The right one too has to wait, and is not lost by that.
      const right = challenge(machine)
      machine.elapse((BigInt(wait) - 1n) * MILLISECOND)
      expect(answer(machine, KEY, right).code).toBe(UNLOCK_LATER)
      expect(challenge(machine)).toBe(right)
      machine.elapse(2n * MILLISECOND)
      expect(Number(machine.core.unlockWait!())).toBe(0)
    }
    expect(answer(machine)).toEqual({ code: UNLOCK_RIGHT, isProof: true })
    expect(answer(machine, other).code).toBe(UNLOCK_WRONG)
    expect(Number(machine.core.unlockWait!())).toBeLessThanOrEqual(WRONG_MS + 1)
  })

  test.each([0, 31, 33])('opens nothing where the bundle’s key has %i bytes', (size) => {
    const machine = locked({ line: { key: Buffer.alloc(size, 7) } })
    expect(machine.core.keyed!()).toBe(1)
    for (const key of [Buffer.alloc(32), Buffer.alloc(size, 7), KEY]) {
      expect(answer(machine, key).code).toBe(UNLOCK_LATER)
    }
    expect(Number(machine.core.unlockWait!())).toBeGreaterThan(1_000_000)
  })

  test('core survives whatever host asks', () => {
    const machine = locked()
    for (const i of [0, 3, 4, 7, 8, 100, -1]) {
      machine.core.offerWord!(i, -1n)
      expect(BigInt(machine.core.proofWord!(i) as bigint)).toBe(0n)
      machine.core.challengeWord!(i)
    }
    expect(answer(machine).code).toBe(UNLOCK_RIGHT)
  })
})
