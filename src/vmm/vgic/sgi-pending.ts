/** GICD_SPENDSGIR and GICD_CPENDSGIR of GICv2: a byte for each SGI of the current vCPU, a bit for each sender. */

import { ICH_LR } from '../../arch/gich'
import * as core from '../core'
import { bankAt, bitOf } from './bank'
import { slotAt, sourceOfSlot } from './cpu'
import { everyVcpu } from './machine'
import { holderOf } from './pin'
import { changed } from './settle'
import { setSources, sourcesOf } from './source'

/** Four SGIs from `first` on. */
export function readSources(vcpu: u32, first: u32): u32 {
  let word: u32 = 0
  for (let n: u32 = 0; n < 4; n++) {
    const pin = (vcpu << 5) | (first + n)
    word |= (sourcesOf(pin) | heldSource(vcpu, pin)) << (n << 3)
  }
  return word
}

export function addSources(vcpu: u32, first: u32, word: u32): void {
  for (let n: u32 = 0; n < 4; n++) {
    const pin = (vcpu << 5) | (first + n)
    const sources = (word >> (n << 3)) & 0xff & everyVcpu()
    if (sources) {
      setSources(pin, sourcesOf(pin) | sources)
      bankAt(vcpu).latch |= bitOf(pin)
    }
  }
  if (word) changed(vcpu, vcpu, 0xf << first)
}

export function removeSources(vcpu: u32, first: u32, word: u32): void {
  const bank = bankAt(vcpu)
  for (let n: u32 = 0; n < 4; n++) {
    const pin = (vcpu << 5) | (first + n)
    const sources = (word >> (n << 3)) & 0xff
    const rest = sourcesOf(pin) & ~sources
    setSources(pin, rest)
    if (rest == 0) bank.latch &= ~bitOf(pin)
    if (heldSource(vcpu, pin) & sources) bank.unpend |= bitOf(pin)
  }
  if (word) changed(vcpu, vcpu, 0xf << first)
}

/** The sender, as a bit, of an SGI that is pending in a list register of the current vCPU. */
function heldSource(vcpu: u32, pin: u32): u32 {
  if (!(bankAt(vcpu).held & bitOf(pin))) return 0
  const i = holderOf(pin)
  return core.lrRead(i) & ICH_LR.PENDING ? 1 << sourceOfSlot(slotAt(vcpu, i)) : 0
}
