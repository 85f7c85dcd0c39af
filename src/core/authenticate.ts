/**
 * Whoever steers the board over its serial line proves to have the key of its config: HMAC-SHA-256 over a nonce that is the board's and
 * one that is the client's, and back. The key stays here; host sees nonces and answers. doc/control.md. Under host.lock.
 */
import {
  KEY_SIZE,
  LABEL_SIZE,
  UNLOCK_LATER,
  UNLOCK_RIGHT,
  UNLOCK_STALE,
  UNLOCK_WRONG,
  WRONG_MOST_MS,
  WRONG_MS,
} from '../abi/control'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { HMAC_WORK, hmacEquals, hmacSha256 } from '../lib/hmac'
import { byteOf } from '../lib/literal'
import { serviceNode, tree } from './bundle'
import { random } from './entropy'
import { rngSeed } from './machine'

/** The key, and what makes nonces: a secret of this boot. Boot only. */
let isKeyed = false
const key = memory.data(32, 8)
const secret = memory.data(32, 8)

const work = memory.data(HMAC_WORK, 8)
/** What is signed: a label, the board's nonce, the client's. */
const message = memory.data(80, 8)
const NONCE: usize = message + LABEL_SIZE
const CLIENT_NONCE: usize = NONCE + KEY_SIZE
const MESSAGE_SIZE: u32 = LABEL_SIZE + 2 * KEY_SIZE
if (KEY_SIZE !== 32 || MESSAGE_SIZE !== 80) ERROR('authenticate: keys and messages have grown')
/** The client's answer, ours, and what ours is to be compared with. */
const offered = memory.data(32, 8)
const answer = memory.data(32, 8)
const WORDS: u32 = KEY_SIZE / 8

/** There is a nonce that nobody has answered yet; how many there have been. */
let isChallenged = false
let challenges: u64 = 0
/** Wrong answers in a row, and the physical count before which none is looked at. */
let failures: u32 = 0
let notBefore: u64 = 0

/** Boot, while the bundle's tree and the machine's are mapped. */
export function openKey(): void {
  const node = serviceNode('control')
  const property = node ? fdt.property(tree, node, 'key') : 0
  if (!property) return
  isKeyed = true
  if (fdt.propertySize(property) !== <u32>KEY_SIZE) {
    notBefore = u64.MAX_VALUE // what is no key opens for nobody
    return
  }
  memory.copy(key, fdt.propertyData(property), KEY_SIZE)
  const seed = rngSeed()
  if (seed) hmacSha256(work, key, KEY_SIZE, fdt.propertyData(seed), fdt.propertySize(seed), secret)
}

/** 1: nobody steers the board over its serial line without the key. */
export function keyed(): u32 {
  return isKeyed ? 1 : 0
}

/** Word `i` of the nonce that is to be answered; the first makes one, if the last was used. */
export function challengeWord(i: u32): u64 {
  if (!isChallenged) makeNonce()
  return i < WORDS ? load<u64>(NONCE + (i << 3)) : 0
}

/** From a secret of this boot, how many there have been, time and, if there is such a thing, chance: none comes twice. */
function makeNonce(): void {
  challenges++
  store<u64>(message, challenges)
  store<u64>(message, hw.cntpct_el0(), 8)
  store<u64>(message, random(), 16)
  memory.copy(message + 24, secret, KEY_SIZE)
  hmacSha256(work, key, KEY_SIZE, message, 24 + KEY_SIZE, NONCE)
  isChallenged = true
}

/** Word `i`: the client's nonce, then its answer. */
export function offerWord(i: u32, word: u64): void {
  if (i < WORDS) store<u64>(CLIENT_NONCE + (i << 3), word)
  else if (i < 2 * WORDS) store<u64>(offered + ((i - WORDS) << 3), word)
}

/** UNLOCK_*: of what was offered. A nonce is good for one answer, right or wrong. */
export function unlock(): u32 {
  const now = hw.cntpct_el0()
  if (now < notBefore) return UNLOCK_LATER
  if (!isChallenged) return UNLOCK_STALE
  isChallenged = false
  sign('bulkhead client1')
  if (hmacEquals(answer, offered)) {
    failures = 0
    sign('bulkhead board 1')
    return UNLOCK_RIGHT
  }
  const wait = min<u64>((<u64>WRONG_MS) << min<u32>(failures, 16), WRONG_MOST_MS)
  failures++
  notBefore = now + (wait * hw.cntfrq_el0()) / 1000
  memory.fill(answer, 0, KEY_SIZE)
  return UNLOCK_WRONG
}

/** Milliseconds until an answer is looked at again. */
export function unlockWait(): u64 {
  const now = hw.cntpct_el0()
  const wait = now < notBefore ? min<u64>(notBefore - now, 1 << 48) : 0
  return wait ? (wait * 1000) / hw.cntfrq_el0() + 1 : 0
}

/** Word `i` of what shows the client that the board has the key too, after UNLOCK_RIGHT. */
export function proofWord(i: u32): u64 {
  return i < WORDS ? load<u64>(answer + (i << 3)) : 0
}

function sign(label: string): void {
  for (let i: u32 = 0; i < <u32>LABEL_SIZE; i++) store<u8>(message + i, byteOf(label, i) as u8)
  hmacSha256(work, key, KEY_SIZE, message, MESSAGE_SIZE, answer)
}
