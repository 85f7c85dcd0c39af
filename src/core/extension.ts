/** Which extensions of the hypervisor the bundle brought. Boot only writes here; whoever is about to call into one asks. */

import { EXTENSION_LITERALS, EXTENSION_TEXT } from '../abi/extension'
import { EXTENSION_STRIDE, EXTENSION_VA, MAX_EXTENSIONS } from '../abi/layout'
import * as hw from '../hw'

/** Address in the module's memory, and bytes. */
const LITERALS_SIZE: u32 = 8

let present: u32 = 0

export function hasExtension(number: u32): bool {
  return (present & (1 << number)) != 0
}

export function markPresent(number: u32): void {
  present |= 1 << number
}

/** Gives a module, whose memory at `base` holds no more than the image's texts, those of all extensions: LITERALS_*. */
export function layLiterals(module: u32, base: u64): void {
  for (let i: u32 = 0; i < <u32>MAX_EXTENSIONS; i++) {
    if (!hasExtension(i)) continue
    const va: u64 = EXTENSION_VA + <u64>i * EXTENSION_STRIDE
    let from = va + hw.load64(va + EXTENSION_TEXT)
    let place = hw.load64(va + EXTENSION_LITERALS)
    for (let n: u32 = 1; n <= module; n++) {
      from += place >> 32
      place = hw.load64(va + EXTENSION_LITERALS + n * LITERALS_SIZE)
    }
    hw.copy(base + <u64>(<u32>place), from, place >> 32)
  }
}
