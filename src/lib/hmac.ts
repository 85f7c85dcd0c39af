/** HMAC-SHA-256: RFC 2104, "Definition of HMAC"; FIPS 180-4. Keys and messages lie in the module's own memory, which is EL2's too. */

import { SHA256_BLOCK, SHA256_WORK, sha256Begin, sha256Finish, sha256Update } from './sha256'

/** Bytes of scratch memory: the hash's, then a block, which is room for the inner hash later. */
export const HMAC_WORK: usize = SHA256_WORK + 64
export const HMAC_SIZE: usize = 32
const BLOCK: u32 = <u32>SHA256_BLOCK
const INNER: u32 = 0x3636_3636
const OUTER: u32 = 0x5c5c_5c5c

/** Of `length` bytes at `at`, with a key of a block at most, to 32 bytes at `to`. Nothing of it stays in `work`. */
export function hmacSha256(work: usize, key: usize, keySize: u32, at: usize, length: u32, to: usize): void {
  const block = work + SHA256_WORK
  begin(work, key, keySize, INNER)
  const whole = length & ~(BLOCK - 1)
  sha256Update(work, <u64>at, whole)
  sha256Finish(work, <u64>(at + whole), length - whole, SHA256_BLOCK + <u64>length, to)
  begin(work, key, keySize, OUTER)
  memory.copy(block, to, HMAC_SIZE)
  sha256Finish(work, <u64>block, <u32>HMAC_SIZE, SHA256_BLOCK + <u64>HMAC_SIZE, to)
  memory.fill(work, 0, HMAC_WORK)
}

/** Whether two values of 32 bytes are the same, in a time that says nothing of where they differ. */
export function hmacEquals(one: usize, other: usize): bool {
  let difference: u64 = 0
  for (let i: usize = 0; i < HMAC_SIZE; i += 8) difference |= load<u64>(one + i) ^ load<u64>(other + i)
  return difference === 0
}

/** A hash of the key, filled up to a block, with every byte changed. */
function begin(work: usize, key: usize, keySize: u32, pad: u32): void {
  const block = work + SHA256_WORK
  memory.fill(block, 0, <usize>BLOCK)
  memory.copy(block, key, min(keySize, BLOCK))
  for (let i: u32 = 0; i < BLOCK; i += 4) store<u32>(block + i, load<u32>(block + i) ^ pad)
  sha256Begin(work)
  sha256Update(work, <u64>block, SHA256_BLOCK)
}
