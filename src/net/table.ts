/**
 * What was learnt: behind which open port an address was last seen. Bounded: each address has four places, of which a new one
 * takes the oldest; and ageing, so that what moved is found again. IEEE 802.1Q, "The Filtering Database".
 */

const WAYS: u32 = 4
const SETS: u32 = 64

@unmanaged
class Entry {
  /** 0: empty, as no source address is. */
  mac: u64
  seenAt: u64
  domain: u32
  port: u32
}

const SHIFT: u32 = 5
const entries = memory.data(8192, 64)
if (offsetof<Entry>() > 1 << SHIFT || (SETS * WAYS) << SHIFT > 8192) ERROR('the table needs more memory')

function entryAt(set: u32, way: u32): Entry {
  return changetype<Entry>(entries + ((set * WAYS + way) << SHIFT))
}

/** 2^64 divided by the golden ratio: D. E. Knuth, "The Art of Computer Programming", 6.4. */
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15
const DOMAIN_SHIFT: u64 = 44

function setOf(domain: u32, mac: u64): u32 {
  return <u32>(((mac ^ ((<u64>domain) << DOMAIN_SHIFT)) * GOLDEN) >> 58)
}
if (SETS != 64) ERROR('setOf gives six bits')

function isOf(entry: Entry, domain: u32, mac: u64): bool {
  return entry.mac == mac && entry.domain == domain
}

export function learn(domain: u32, mac: u64, port: u32, now: u64): void {
  const set = setOf(domain, mac)
  let place = entryAt(set, 0)
  for (let way: u32 = 0; way < WAYS; way++) {
    const entry = entryAt(set, way)
    if (isOf(entry, domain, mac)) {
      place = entry
      break
    }
    if (entry.mac == 0 ? place.mac != 0 : place.mac != 0 && entry.seenAt < place.seenAt) place = entry
  }
  place.mac = mac
  place.domain = domain
  place.seenAt = now
  place.port = port
}

/** The port behind which the address was seen within the last `age` ticks; `none` if it was not. */
export function find(domain: u32, mac: u64, now: u64, age: u64, none: u32): u32 {
  const set = setOf(domain, mac)
  for (let way: u32 = 0; way < WAYS; way++) {
    const entry = entryAt(set, way)
    if (isOf(entry, domain, mac)) return now - entry.seenAt <= age ? entry.port : none
  }
  return none
}

/** Nobody is behind the port any more. */
export function forget(port: u32): void {
  for (let set: u32 = 0; set < SETS; set++) {
    for (let way: u32 = 0; way < WAYS; way++) {
      const entry = entryAt(set, way)
      if (entry.port == port) entry.mac = 0
    }
  }
}
