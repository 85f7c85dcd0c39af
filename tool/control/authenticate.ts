/** A client's half of a locked line: it answers the board's challenge, and has the board answer one of its own. doc/control.md. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ERROR_LOCKED, KEY_SIZE } from '../../src/abi/control.ts'
import { UserError } from '../ui/failure.ts'
import { challenge, type Hello, hello, proof } from './protocol.ts'
import { Refusal, refusal } from './refusal.ts'

/** How often another client of the line may be faster. */
const TURNS = 5

const LABELS = { client: 'bulkhead client1', board: 'bulkhead board 1' } as const

export interface Answer {
  nonce: string
  answer: string
  /** Whether what came back could only come from who has the key. */
  isProof(proof: string): boolean
}

type Ask = (method: string, params?: Pick<Answer, 'nonce' | 'answer'>) => Promise<unknown>

/** What the board says of itself once its line is open. */
export async function unlock(ask: Ask, key: Buffer | undefined): Promise<Hello> {
  for (let turn = 0; ; turn++) {
    const first = await ask('hello')
    const locked = challenge.safeParse(first).data
    if (!locked) return hello.parse(first)
    if (!key) throw refusal({ code: -ERROR_LOCKED })
    await sleep(locked.wait)
    const { nonce, answer, isProof } = answerTo(locked.challenge, key)
    try {
      const shown = proof.parse(await ask('authenticate', { nonce, answer }))
      if (!isProof(shown.proof)) throw new UserError('what answers has not the key: it is not the board that it seems')
    } catch (error) {
      // Another client of this line was faster, or somebody gave a wrong key.
      const isOthers = error instanceof Refusal && ['no-challenge', 'later'].includes(error.reason)
      if (!isOthers || turn >= TURNS) throw error
    }
  }
}

/** Nonces, answers and proofs are hexadecimal. */
export function answerTo(challenge: string, key: Buffer, nonce = randomBytes(KEY_SIZE)): Answer {
  const sign = (label: string) =>
    createHmac('sha256', key).update(label, 'latin1').update(Buffer.from(challenge, 'hex')).update(nonce).digest()
  return {
    nonce: nonce.toString('hex'),
    answer: sign(LABELS.client).toString('hex'),
    isProof: (proof) => {
      const bytes = Buffer.from(proof, 'hex')
      return bytes.length === KEY_SIZE && timingSafeEqual(bytes, sign(LABELS.board))
    },
  }
}
