/** Whether an image of the bundle is what its hash says. */
import * as hw from '../hw'
import { SHA256_BLOCK, sha256Begin, sha256Matches, sha256Update } from '../lib/sha256'
import { directVa } from './address'
import { HASH_CRC32 } from './bundle-image'
import { Load } from './vm-part'

/** A whole image at one go; `work`: SHA256_WORK bytes. */
export function isIntact(load: Load, work: usize): bool {
  const va = directVa(load.pa)
  if (load.hashKind === HASH_CRC32) return matches(load, hw.crc32(va, load.length, 0), work)
  sha256Begin(work)
  sha256Update(work, va, load.length & ~(SHA256_BLOCK - 1))
  return matches(load, 0, work)
}

/** What `sha256Update` has not seen of it is looked at here. */
export function matches(load: Load, crc: u32, work: usize): bool {
  if (load.hashKind === HASH_CRC32) return crc === load.crc
  const tail = load.length & (SHA256_BLOCK - 1)
  const hash = changetype<usize>(load) + offsetof<Load>('sha0')
  return sha256Matches(work, directVa(load.pa + load.length - tail), <u32>tail, load.length, hash)
}
