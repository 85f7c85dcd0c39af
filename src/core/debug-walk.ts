/**
 * Where a guest's address is in its RAM, by its own tables. DDI 0487, "Translation table walk", stage 1 of EL1&0. They are walked in
 * software, since the vCPU is off its CPU; what they hold is the guest's and may be anything: at most four words of its own RAM are
 * read, and the answer is checked against its RAM before anybody uses it.
 */
import * as hw from '../hw'
import { EL1_AT, Vcpu } from './vcpu'
import { ramHolds, ramVa, Vm, vmAt } from './vm'

/** In what hw.save_el1 wrote: boot/world.S. */
const SCTLR: usize = EL1_AT
const TTBR0: usize = EL1_AT + 16
const TTBR1: usize = EL1_AT + 24
const TCR: usize = EL1_AT + 32

/** No IPA: the guest maps nothing there. */
export const NOWHERE: u64 = u64.MAX_VALUE

const SCTLR_M: u64 = 1
/** TCR_EL1. */
const T0SZ: u64 = 0
const EPD0: u64 = 1 << 7
const TG0: u64 = 14
const T1SZ: u64 = 16
const EPD1: u64 = 1 << 23
const TG1: u64 = 30
/** Bits 47:12 of a descriptor and of TTBRn_EL1. */
const ADDRESS: u64 = 0xffff_ffff_f000
const LAST: u32 = 3

/** IPA of the guest's `va`, NOWHERE if it maps nothing there. The VM halts. */
export function placeOf(vcpu: Vcpu, va: u64): u64 {
  const at = changetype<usize>(vcpu)
  if (!(load<u64>(at + SCTLR) & SCTLR_M)) return va
  const tcr = load<u64>(at + TCR)
  const isUpper = (va >> 55) & 1
  if (tcr & (isUpper ? EPD1 : EPD0)) return NOWHERE
  const granule = isUpper ? upperGranule(<u32>(tcr >> TG1) & 3) : lowerGranule(<u32>(tcr >> TG0) & 3)
  const bits: u32 = 64 - (<u32>(tcr >> (isUpper ? T1SZ : T0SZ)) & 63)
  // "TnSZ": from 16 to 39, or 48 with FEAT_TTST. Bits above belong to no address: tags, or one that is not mapped.
  if (!granule || bits > 48 || bits < 16 || bits <= granule) return NOWHERE
  const sign = ((va << 8) >> 8) >> bits
  if (sign !== (isUpper ? (<u64>-1 >> 8) >> bits : 0)) return NOWHERE
  return walk(vmAt(vcpu.vm), load<u64>(at + (isUpper ? TTBR1 : TTBR0)) & ADDRESS, va, granule, bits)
}

function walk(vm: Vm, root: u64, va: u64, granule: u32, bits: u32): u64 {
  const stride = granule - 3
  const page: u64 = ((<u64>1) << granule) - 1
  let table = root
  /** Bits below those that the level's index holds. */
  let shift = granule + stride * ((bits - granule - 1) / stride)
  let width = bits - shift
  let level: u32 = LAST - (shift - granule) / stride
  while (true) {
    const slot = table + (((va >> shift) & (((<u64>1) << width) - 1)) << 3)
    if (!ramHolds(vm, slot, 8)) return NOWHERE
    const descriptor = read(vm, slot)
    if (!(descriptor & 1)) return NOWHERE
    const isTable = (descriptor & 2) !== 0
    if (level === LAST && !isTable) return NOWHERE
    if (level === LAST || !isTable) {
      // Blocks: level 1 of the 4 KiB granule, level 2 of each.
      if (level < (granule === 12 ? <u32>1 : <u32>2)) return NOWHERE
      const offset: u64 = ((<u64>1) << shift) - 1
      return (descriptor & ADDRESS & ~offset) | (va & offset)
    }
    table = descriptor & ADDRESS & ~page
    shift -= stride
    width = stride
    level++
  }
}

/** 8 bytes of its RAM, aligned, as the guest has them last, whether its caches are on or off (doc/why/caches.md). */
export function read(vm: Vm, ipa: u64): u64 {
  const va = ramVa(vm, ipa)
  hw.clean(va, 8)
  return hw.load64(va)
}

/** TG0, TG1: bits of an offset, 0 if reserved. */
function lowerGranule(tg: u32): u32 {
  return tg === 0 ? 12 : tg === 1 ? 16 : tg === 2 ? 14 : 0
}

function upperGranule(tg: u32): u32 {
  return tg === 2 ? 12 : tg === 3 ? 16 : tg === 1 ? 14 : 0
}
