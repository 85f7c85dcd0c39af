/** The ChaCha20 block function, as a source of bytes that nobody can tell from random ones without the key. RFC 8439, section 2.3. */

export const CHACHA_BLOCK: u32 = 64

const DOUBLE_ROUNDS: u32 = 10

/** Sixteen words for the rounds. */
const work = memory.data(64, 64)
/** "expand 32-byte k". */
const SIGMA = memory.data<u32>([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574])

/** Block `counter` of the key stream of the 32 bytes at `key`, with a nonce of zeroes, to the 64 bytes at `out`. */
export function chachaBlock(out: usize, key: usize, counter: u32): void {
  memory.copy(out, SIGMA, 16)
  memory.copy(out + 16, key, 32)
  memory.fill(out + 48, 0, 16)
  store<u32>(out, counter, 48)
  memory.copy(work, out, CHACHA_BLOCK)
  for (let i: u32 = 0; i < DOUBLE_ROUNDS; i++) {
    quarter(work, work + 16, work + 32, work + 48)
    quarter(work + 4, work + 20, work + 36, work + 52)
    quarter(work + 8, work + 24, work + 40, work + 56)
    quarter(work + 12, work + 28, work + 44, work + 60)
    quarter(work, work + 20, work + 40, work + 60)
    quarter(work + 4, work + 24, work + 44, work + 48)
    quarter(work + 8, work + 28, work + 32, work + 52)
    quarter(work + 12, work + 16, work + 36, work + 56)
  }
  for (let at: usize = 0; at < CHACHA_BLOCK; at += 4) store<u32>(out + at, load<u32>(out + at) + load<u32>(work + at))
  memory.fill(work, 0, CHACHA_BLOCK)
}

function quarter(atA: usize, atB: usize, atC: usize, atD: usize): void {
  let a = load<u32>(atA)
  let b = load<u32>(atB)
  let c = load<u32>(atC)
  let d = load<u32>(atD)
  a += b
  d = rotl<u32>(d ^ a, 16)
  c += d
  b = rotl<u32>(b ^ c, 12)
  a += b
  d = rotl<u32>(d ^ a, 8)
  c += d
  b = rotl<u32>(b ^ c, 7)
  store<u32>(atA, a)
  store<u32>(atB, b)
  store<u32>(atC, c)
  store<u32>(atD, d)
}
