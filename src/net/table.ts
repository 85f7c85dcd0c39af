/**
 * What was learnt: behind which open port an address was last seen. Bounded: each address has four places, of which a new one
 * takes the oldest; and ageing, so that what moved is found again. IEEE 802.1Q, "The Filtering Database".
 */

const WAYS: u32 = 4
const SETS: u32 = 64

@unmanaged
class Entry {
  /** Address, and the domain above it; 0: empty, as no source address is. */
  key: u64
  seenAt: u64
  port: u32
}

const SHIFT: u32 = 5
const entries = memory.data(8192, 64)
if (offsetof<Entry>() > 1 << SHIFT || (SETS * WAYS) << SHIFT > 8192) ERROR('the table needs more memory')

function entryAt(set: u32, way: u32): Entry {
  return changetype<Entry>(entries + ((set * WAYS + way) << SHIFT))
}

const MAC_BITS: u64 = 48
/** 2^64 divided by the golden ratio: D. E. Knuth, "The Art of Computer Programming", 6.4. */
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15

function keyOf(domain: u32, mac: u64): u64 {
  return mac | ((<u64>domain) << MAC_BITS)
}

function setOf(key: u64): u32 {
  return <u32>((key * GOLDEN) >> 58)
}
if (SETS != 64) ERROR('setOf gives six bits')

export function learn(domain: u32, mac: u64, port: u32, now: u64): void {
  const key = keyOf(domain, mac)
  const set = setOf(key)
  let place = entryAt(set, 0)
  for (let way: u32 = 0; way < WAYS; way++) {
    const entry = entryAt(set, way)
    if (entry.key == key) {
      place = entry
      break
    }
    if (entry.key == 0 ? place.key != 0 : place.key != 0 && entry.seenAt < place.seenAt) place = entry
  }
  place.key = key
  place.seenAt = now
  place.port = port
}

/** The port behind which the address was seen within the last `age` ticks; `none` if it was not. */
export function find(domain: u32, mac: u64, now: u64, age: u64, none: u32): u32 {
  const key = keyOf(domain, mac)
  const set = setOf(key)
  for (let way: u32 = 0; way < WAYS; way++) {
    const entry = entryAt(set, way)
    if (entry.key == key) return now - entry.seenAt <= age ? entry.port : none
  }
  return none
}
