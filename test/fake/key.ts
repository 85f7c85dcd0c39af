/** core's half of a locked line, for tests of host and of clients: src/core/authenticate.ts has the real one. */
import { createHmac } from 'node:crypto'
import { UNLOCK_LATER, UNLOCK_RIGHT, UNLOCK_STALE, UNLOCK_WRONG } from '../../src/abi/control.ts'

export class FakeKey {
  /** The next nonce; undefined: the last was answered. */
  challenge: Buffer | undefined
  wait = 0
  failures = 0
  readonly offered = Buffer.alloc(64)
  proof = Buffer.alloc(32)
  #count = 0

  constructor(readonly key: Buffer) {}

  challengeWord(i: number): bigint {
    this.challenge ??= Buffer.alloc(32, ++this.#count)
    return this.challenge.readBigUInt64LE(i * 8)
  }

  unlock(): number {
    if (this.wait > 0) return UNLOCK_LATER
    if (!this.challenge) return UNLOCK_STALE
    const [nonce, answer] = [this.offered.subarray(0, 32), this.offered.subarray(32)]
    const sign = (label: string) =>
      createHmac('sha256', this.key)
        .update(Buffer.concat([Buffer.from(label), this.challenge!, nonce]))
        .digest()
    const isRight = sign('bulkhead client1').equals(answer)
    this.proof = sign('bulkhead board 1')
    this.challenge = undefined
    if (!isRight) this.failures++
    return isRight ? UNLOCK_RIGHT : UNLOCK_WRONG
  }

  imports(): WebAssembly.ModuleImports {
    return {
      keyed: () => 1,
      challengeWord: (i: number) => this.challengeWord(i),
      offerWord: (i: number, word: bigint) => void this.offered.writeBigUInt64LE(BigInt.asUintN(64, word), i * 8),
      unlock: () => this.unlock(),
      unlockWait: () => BigInt(this.wait),
      proofWord: (i: number) => this.proof.readBigUInt64LE(i * 8),
    }
  }
}

/** Of a system whose config has none. */
export const NO_KEY: WebAssembly.ModuleImports = {
  keyed: () => 0,
  challengeWord: () => 0n,
  offerWord: () => {},
  unlock: () => UNLOCK_STALE,
  unlockWait: () => 0n,
  proofWord: () => 0n,
}
