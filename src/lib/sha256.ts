/** SHA-256 (FIPS 180-4) of memory outside the window, for images whose config asks for more than a checksum. */
import * as hw from '../hw'

const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
])
const INITIAL = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
])
export const SHA256_BLOCK: u64 = 64

/** A new hash in `work`, scratch memory of SHA256_WORK bytes that the caller brings: several CPUs may hash at once. */
export function sha256Begin(work: usize): void {
  memory.copy(work, INITIAL, 32)
}

/** Whole blocks at `va`; `length` is a multiple of SHA256_BLOCK. */
export function sha256Update(work: usize, va: u64, length: u64): void {
  const schedule = work + 32
  for (let at: u64 = 0; at < length; at += SHA256_BLOCK) {
    for (let i: u32 = 0; i < 8; i++) store<u64>(schedule + (i << 3), swapPair(hw.load64(va + at + (i << 3))))
    compress(work, schedule)
  }
}

/** Ends the hash with the last `left` bytes, fewer than a block, at `va`; whether it is the 32 bytes at `expected`. `length` is
 * that of the whole message. */
export function sha256Matches(work: usize, va: u64, left: u32, length: u64, expected: usize): bool {
  finish(work, work + 32, va, left, length)
  for (let i: usize = 0; i < 32; i += 4) if (load<u32>(work + i) != bswap(load<u32>(expected + i))) return false
  return true
}

/** Bytes of scratch memory that a hash needs at `work`. */
export const SHA256_WORK: usize = 32 + 256

/** Two big-endian words in memory order as two native words in memory order. */
function swapPair(value: u64): u64 {
  return rotr<u64>(bswap(value), 32)
}

/** Ends the hash with the last `left` bytes, as `sha256Matches`; the 32 bytes of the hash then stand at `to`. */
export function sha256Finish(work: usize, va: u64, left: u32, length: u64, to: usize): void {
  finish(work, work + 32, va, left, length)
  for (let i: usize = 0; i < 32; i += 4) store<u32>(to + i, bswap(load<u32>(work + i)))
}

function finish(state: usize, schedule: usize, va: u64, left: u32, length: u64): void {
  memory.fill(schedule, 0, <usize>SHA256_BLOCK)
  for (let i: u32 = 0; i < left; i++) putByte(schedule, i, hw.load8(va + i))
  putByte(schedule, left, 0x80)
  if (left >= 56) {
    compress(state, schedule)
    memory.fill(schedule, 0, <usize>SHA256_BLOCK)
  }
  store<u32>(schedule + 56, <u32>(length >> 29))
  store<u32>(schedule + 60, <u32>(length << 3))
  compress(state, schedule)
}

function putByte(schedule: usize, i: u32, byte: u32): void {
  const at = schedule + (i & ~3)
  store<u32>(at, load<u32>(at) | (byte << ((3 - (i & 3)) << 3)))
}

function compress(state: usize, w: usize): void {
  for (let t: usize = 64; t < 256; t += 4) {
    const a = load<u32>(w + t - 60)
    const b = load<u32>(w + t - 8)
    const s0 = rotr<u32>(a, 7) ^ rotr<u32>(a, 18) ^ (a >> 3)
    const s1 = rotr<u32>(b, 17) ^ rotr<u32>(b, 19) ^ (b >> 10)
    store<u32>(w + t, load<u32>(w + t - 64) + s0 + load<u32>(w + t - 28) + s1)
  }
  let a = load<u32>(state)
  let b = load<u32>(state, 4)
  let c = load<u32>(state, 8)
  let d = load<u32>(state, 12)
  let e = load<u32>(state, 16)
  let f = load<u32>(state, 20)
  let g = load<u32>(state, 24)
  let h = load<u32>(state, 28)
  for (let t: usize = 0; t < 256; t += 4) {
    const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25)
    const t1 = h + s1 + ((e & f) ^ (~e & g)) + load<u32>(K + t) + load<u32>(w + t)
    const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = d + t1
    d = c
    c = b
    b = a
    a = t1 + t2
  }
  store<u32>(state, load<u32>(state) + a)
  store<u32>(state, load<u32>(state, 4) + b, 4)
  store<u32>(state, load<u32>(state, 8) + c, 8)
  store<u32>(state, load<u32>(state, 12) + d, 12)
  store<u32>(state, load<u32>(state, 16) + e, 16)
  store<u32>(state, load<u32>(state, 20) + f, 20)
  store<u32>(state, load<u32>(state, 24) + g, 24)
  store<u32>(state, load<u32>(state, 28) + h, 28)
}
