/**
 * The GPIO blocks that we drive, pin by pin. Where a register holds bits of several pins and has no way to change one alone, the
 * caller holds gpio.lock. "BCM2711 ARM Peripherals", "General Purpose I/O (GPIO)"; DDI 0190, "PrimeCell GPIO (PL061)".
 */
import { GPIO_KIND_BCM, GPIO_KIND_PL061 } from '../abi/gpio'
import { IRQ_EDGE_FALLING, IRQ_EDGE_RISING, IRQ_EDGES, IRQ_LEVEL_HIGH, IRQ_LEVEL_LOW } from '../arch/virtio-gpio'
import * as hw from '../hw'

const BCM_FSEL: u64 = 0x00
const BCM_SET: u64 = 0x1c
const BCM_CLR: u64 = 0x28
const BCM_LEV: u64 = 0x34
const BCM_EDS: u64 = 0x40
const BCM_REN: u64 = 0x4c
const BCM_FEN: u64 = 0x58
const BCM_HEN: u64 = 0x64
const BCM_LEN: u64 = 0x70
/** Three bits of FSEL for each pin, ten pins in a register; 0 is an input, 1 an output. */
const FSEL_PINS: u32 = 10
const FSEL_BITS: u32 = 3
const FSEL_MASK: u32 = 7

/** Bits 9:2 of the address say which pins an access is about. */
const PL061_DATA_SHIFT: u32 = 2
const PL061_DIR: u64 = 0x400
const PL061_IS: u64 = 0x404
const PL061_IBE: u64 = 0x408
const PL061_IEV: u64 = 0x40c
const PL061_IE: u64 = 0x410
const PL061_MIS: u64 = 0x418
const PL061_IC: u64 = 0x41c

/** Boot only. */
let va: u64 = 0
let kind: u32 = 0

/** How many pins a block of this kind has that we drive; 0: none that we know. */
export function pinsOf(kind: u32): u32 {
  if (kind == GPIO_KIND_BCM) return 32
  return kind == GPIO_KIND_PL061 ? 8 : 0
}

export function use(at: u64, which: u32): void {
  va = at
  kind = which
}

export function level(pin: u32): u32 {
  if (kind == GPIO_KIND_BCM) return (hw.read32(va + BCM_LEV) >> pin) & 1
  return hw.read32(dataOf(pin)) ? 1 : 0
}

/** What the pin puts out if it is an output; a PL061 forgets that of an input. */
export function drive(pin: u32, isHigh: bool): void {
  const bit: u32 = 1 << pin
  if (kind == GPIO_KIND_BCM) hw.write32(va + (isHigh ? BCM_SET : BCM_CLR), bit)
  else hw.write32(dataOf(pin), isHigh ? bit : 0)
}

function dataOf(pin: u32): u64 {
  return va + ((<u64>(1 << pin)) << PL061_DATA_SHIFT)
}

/** Under gpio.lock, as all below. */
export function setOutput(pin: u32, isOutput: bool): void {
  if (kind != GPIO_KIND_BCM) {
    change(PL061_DIR, 1 << pin, isOutput)
    return
  }
  const register = va + BCM_FSEL + <u64>((pin / FSEL_PINS) << 2)
  const shift = (pin % FSEL_PINS) * FSEL_BITS
  hw.write32(register, (hw.read32(register) & ~(FSEL_MASK << shift)) | ((isOutput ? 1 : 0) << shift))
}

/** What the pin would interrupt at, IRQ_*; it does not until `unmask`. What happened before is forgotten. */
export function sense(pin: u32, type: u32): void {
  mask(pin)
  if (kind == GPIO_KIND_PL061) {
    const bit: u32 = 1 << pin
    change(PL061_IS, bit, (type & ~IRQ_EDGES) != 0)
    change(PL061_IBE, bit, type == IRQ_EDGES)
    change(PL061_IEV, bit, type == IRQ_EDGE_RISING || type == IRQ_LEVEL_HIGH)
  }
  clear(pin)
}

/** A BCM block senses only where it interrupts: it does not see what happens to a masked pin, and a PL061 remembers edges. */
export function unmask(pin: u32, type: u32): void {
  const bit: u32 = 1 << pin
  if (kind == GPIO_KIND_PL061) {
    change(PL061_IE, bit, type != 0)
    return
  }
  change(BCM_REN, bit, (type & IRQ_EDGE_RISING) != 0)
  change(BCM_FEN, bit, (type & IRQ_EDGE_FALLING) != 0)
  change(BCM_HEN, bit, (type & IRQ_LEVEL_HIGH) != 0)
  change(BCM_LEN, bit, (type & IRQ_LEVEL_LOW) != 0)
}

export function mask(pin: u32): void {
  unmask(pin, 0)
}

/** Forgets that it interrupted. */
export function clear(pin: u32): void {
  hw.write32(va + (kind == GPIO_KIND_BCM ? BCM_EDS : PL061_IC), 1 << pin)
}

/** Pins that interrupt, a bit each. Read again, it also says that what was written before has arrived: the line to the interrupt
 * controller follows. */
export function pending(): u32 {
  return hw.read32(va + (kind == GPIO_KIND_BCM ? BCM_EDS : PL061_MIS))
}

function change(register: u64, bit: u32, isSet: bool): void {
  const was = hw.read32(va + register)
  const now = isSet ? was | bit : was & ~bit
  if (now != was) hw.write32(va + register, now)
}
