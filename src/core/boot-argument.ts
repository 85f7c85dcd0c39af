/** What the boot loader's command line asks for: words that end in one digit. Boot only. */
import { propertyData, propertySize } from '../lib/fdt'
import { byteOf } from '../lib/literal'
import { bootargs } from './machine'

const SPACE: u32 = 0x20
const ZERO: u32 = 0x30

/** The digit right behind the word that begins with `name`; 0: no such word, or something else is behind it. */
export function digitOf(name: string): u32 {
  const property = bootargs()
  if (!property) return 0
  const end = propertyData(property) + propertySize(property)
  let before = SPACE
  for (let at = propertyData(property); at < end; at++) {
    if (before === SPACE) {
      const digit = digitBehind(at, end, name)
      if (digit) return digit
    }
    before = load<u8>(at)
  }
  return 0
}

function digitBehind(first: usize, end: usize, name: string): u32 {
  let at = first
  for (let i: u32 = 0; byteOf(name, i); i++, at++) if (at >= end || load<u8>(at) != byteOf(name, i)) return 0
  if (at >= end) return 0
  const digit = <u32>load<u8>(at) - ZERO
  const isLast = at + 1 >= end || load<u8>(at + 1) <= SPACE
  return isLast && digit <= 9 ? digit : 0
}
