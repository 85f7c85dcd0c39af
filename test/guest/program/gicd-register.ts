/**
 * The distributor's registers as test suites and real-time kernels probe them: identification, read-only words, bytes, halves and words
 * of the byte registers, interrupts that do not exist, and the state of one that does. IHI 0048 and IHI 0069, "Distributor register
 * descriptions".
 */

import { GICD_IPA, GICR_IPA } from '../../../src/abi/guest-machine'
import { initGuest } from '../../../src/guest/entry'
import { gicVersion, initGic } from '../../../src/guest/gic'
import { dsb_sy, read8, read16, read32, write8, write16, write32 } from '../../../src/guest/hw'
import { fail, pass } from './verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'gicd-register'
const CTLR: u64 = GICD_IPA
const TYPER: u64 = GICD_IPA + 0x004
const IIDR: u64 = GICD_IPA + 0x008
const ISENABLER: u64 = GICD_IPA + 0x100
const ICENABLER: u64 = GICD_IPA + 0x180
const ISPENDR: u64 = GICD_IPA + 0x200
const ICPENDR: u64 = GICD_IPA + 0x280
const ISACTIVER: u64 = GICD_IPA + 0x300
const ICACTIVER: u64 = GICD_IPA + 0x380
const IPRIORITYR: u64 = GICD_IPA + 0x400
const ITARGETSR: u64 = GICD_IPA + 0x800
const ICFGR: u64 = GICD_IPA + 0xc00
const FIRST_SPI: u32 = 32
/** An SPI that no device has. */
const SPI: u32 = 100
const WORD: u64 = (SPI / 32) * 4
const BIT: u32 = 1 << (SPI % 32)
const ONES: u32 = 0xffff_ffff

export function onIrq(_count: u64): void {
  fail(NAME, 'an interrupt arrived, though the CPU takes none', 0)
}

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  identification()
  priorities()
  if (gicVersion() === 2) targets()
  else redistributor()
  states()
  absent()
  pass(NAME)
}

/** Read-only words keep what they say, whatever is written. */
function identification(): void {
  constant(TYPER, 'GICD_TYPER')
  constant(IIDR, 'GICD_IIDR')
  const pidr2 = GICD_IPA + (gicVersion() === 3 ? 0xffe8 : 0xfe8)
  constant(pidr2, 'GICD_PIDR2')
  if (((read32(pidr2) >> 4) & 15) !== gicVersion()) fail(NAME, 'GICD_PIDR2 says revision', read32(pidr2) >> 4)
  if (lines() < 64 || lines() > 1020) fail(NAME, 'GICD_TYPER says INTIDs', lines())
}

function lines(): u32 {
  return ((read32(TYPER) & 31) + 1) * 32
}

function constant(address: u64, name: string): void {
  const before = read32(address)
  for (let i = 0; i < 2; i++) {
    write32(address, i ? ONES : 0)
    if (read32(address) !== before) fail(NAME, name, read32(address))
  }
}

/** Bytes, and words of four; each its own; bits that the implementation lacks read as zero, the same ones everywhere. */
function priorities(): void {
  const at = IPRIORITYR + SPI
  write32(at, ONES)
  const present = read32(at) & 0xff
  if (read32(at) !== present * 0x0101_0101 || present < 0xf0) fail(NAME, 'priorities hold', read32(at))
  write32(at, 0)
  for (let i: u32 = 0; i < 4; i++) write8(at + i, (i + 1) << 4)
  if (read32(at) !== 0x4030_2010) fail(NAME, 'four bytes of priority make', read32(at))
  write32(at, 0x1020_3040)
  for (let i: u32 = 0; i < 4; i++)
    if (read8(at + i) !== (4 - i) << 4) fail(NAME, 'a byte of priority is', read8(at + i))
  halves(at)
}

/** The manuals leave halfwords open: nothing, or those two bytes. */
function halves(at: u64): void {
  const before = read32(at)
  if (read16(at + 2) !== before >> 16 && read16(at + 2) !== 0) fail(NAME, 'a half of priorities reads', read16(at + 2))
  write16(at + 2, 0x5060)
  const after = read32(at)
  if (after !== before && after !== ((before & 0xffff) | 0x5060_0000)) fail(NAME, 'half a write made', after)
}

/** One CPU: GICv2 calls it uniprocessor, whose targets may read as zero and ignore writes. No other CPU ever shows. */
function targets(): void {
  write32(ITARGETSR + SPI, ONES)
  for (let i: u32 = 0; i < 4; i++)
    if (read8(ITARGETSR + SPI + i) > 1) fail(NAME, 'targets hold', read32(ITARGETSR + SPI))
  constant(ITARGETSR, 'GICD_ITARGETSR0')
}

/** Private interrupts are the redistributor's; the distributor's words for them are reserved. */
function redistributor(): void {
  for (let block: u64 = 0x80; block < 0x400; block += 0x80) {
    write32(GICD_IPA + block, ONES)
    if (read32(GICD_IPA + block) !== 0) fail(NAME, 'a private word of the distributor reads', block)
  }
  const typer = read32(GICR_IPA + 8)
  if (!(typer & (1 << 4))) fail(NAME, 'the last redistributor does not say so', typer)
}

/** Set and clear registers show one state; writing zeroes changes nothing. */
function states(): void {
  pairOf(ISENABLER + WORD, ICENABLER + WORD, 'enabled')
  pairOf(ISPENDR + WORD, ICPENDR + WORD, 'pending')
  pairOf(ISACTIVER + WORD, ICACTIVER + WORD, 'active')
  const config = ICFGR + (SPI / 16) * 4
  const shift = (SPI % 16) * 2
  write32(config, read32(config) | (3 << shift))
  if (((read32(config) >> shift) & 2) === 0) fail(NAME, 'edge-triggered, its configuration is', read32(config))
  write32(config, read32(config) & ~(2 << shift))
  if (((read32(config) >> shift) & 2) !== 0) fail(NAME, 'level-sensitive, its configuration is', read32(config))
}

function pairOf(set: u64, clear: u64, name: string): void {
  write32(clear, BIT)
  write32(set, BIT)
  write32(set, 0)
  write32(clear, 0)
  dsb_sy()
  if (!(read32(set) & read32(clear) & BIT)) fail(NAME, name, read32(set))
  write32(clear, BIT)
  if ((read32(set) | read32(clear)) & BIT) fail(NAME, name, read32(clear))
}

/** Beyond the last interrupt everything is reserved: zeroes that ignore writes. */
function absent(): void {
  for (let intid = lines(); intid < 1020; intid += 32) {
    const word = (intid / 32) * 4
    for (let block: u64 = 0x80; block < 0x400; block += 0x80) zero(GICD_IPA + block + word)
    zero(IPRIORITYR + intid)
    if (gicVersion() === 2) zero(ITARGETSR + intid)
    zero(ICFGR + (intid / 16) * 4)
  }
  // What a driver writes to clear everything must not matter either.
  for (let intid = FIRST_SPI; intid < lines(); intid += 32) write32(ICENABLER + (intid / 32) * 4, ONES)
  const control = read32(CTLR)
  write32(CTLR, control)
  if (read32(CTLR) !== control) fail(NAME, 'GICD_CTLR does not hold', control)
}

function zero(address: u64): void {
  write32(address, ONES)
  if (read32(address) !== 0) fail(NAME, 'a reserved word is not zero, at', address)
}
