/** What the VM that holds `control` writes on its line. */
import { BURST, fill } from '../fill'
import { hearGuest } from './listen'

/** Up to eight bytes, the first in bits 7:0. */
export function lineWrite(bytes: u64, count: u32): void {
  let rest = bytes
  for (let i: u32 = 0; i < min<u32>(count, 8); i++, rest >>= 8) hearGuest(<u32>rest & 0xff)
  fill(BURST) // others may have been told of what was done
}
