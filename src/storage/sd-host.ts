/** The SD host: clock, power, bus, and one command at a time. SD Host Controller Simplified Specification, "SD Clock Control", "SD
 * Transaction Generation", "Error Recovery". */
import * as host from '../arch/sdhci'
import { after, isOver } from '../drive/clock'
import { deviceRead, deviceWrite } from '../drive/core'

/** Milliseconds: of resets and clocks; of a command. */
const SOON: u32 = 100
const PATIENCE: u32 = 1000
const IDENTIFICATION: u32 = 400_000
const MHZ: u32 = 1_000_000

/** Hz, of which divisors make the card's clock. */
let base: u32 = 0
/** Its control register: width, speed, power. */
let control: u32 = 0

/** Resets the host and powers the card, at the clock of identification. `clock`: Hz, 0 if the host knows better: its capabilities are
 * fixed in silicon, and boards clock some faster than these say. False: it does not answer. */
export function begin(clock: u32): bool {
  if (!reset(host.RESET_ALL)) return false
  const own = ((deviceRead(host.CAPABILITIES) >> host.BASE_CLOCK_SHIFT) & 0xff) * MHZ
  base = clock ? clock : own
  if (!base) return false
  control = host.POWER_3V3
  deviceWrite(host.CONTROL, control)
  deviceWrite(host.SIGNAL_ENABLE, 0)
  deviceWrite(host.STATUS_ENABLE, 0xffff_ffff)
  return setClock(IDENTIFICATION)
}

export function canHighSpeed(): bool {
  return (deviceRead(host.CAPABILITIES) & host.CAN_HIGH_SPEED) != 0
}

export function canMaster(): bool {
  return (deviceRead(host.CAPABILITIES) & host.CAN_ADMA2) != 0
}

/** No faster than `hertz`; twice the divisor's number. */
export function setClock(hertz: u32): bool {
  let divisor: u32 = base <= hertz ? 0 : (base + 2 * hertz - 1) / (2 * hertz)
  divisor = min(divisor, host.DIVISOR_MOST)
  deviceWrite(host.CLOCK, host.TIMEOUT_LONGEST)
  const bits = ((divisor & 0xff) << host.DIVISOR_SHIFT) | ((divisor >> 8) << host.DIVISOR_HIGH_SHIFT)
  deviceWrite(host.CLOCK, host.TIMEOUT_LONGEST | bits | host.INTERNAL_ENABLE)
  const end = after(SOON)
  while (!(deviceRead(host.CLOCK) & host.INTERNAL_STABLE)) if (isOver(end)) return false
  deviceWrite(host.CLOCK, host.TIMEOUT_LONGEST | bits | host.INTERNAL_ENABLE | host.CARD_ENABLE)
  return true
}

export function widen(bits: u32): void {
  control |= bits
  deviceWrite(host.CONTROL, control)
}

function reset(lines: u32): bool {
  deviceWrite(host.CLOCK, (deviceRead(host.CLOCK) & 0x00ff_ffff) | lines)
  const end = after(SOON)
  while (deviceRead(host.CLOCK) & lines) if (isOver(end)) return false
  return true
}

/** After an error, so that another command may be sent; and the host's DMA has ended. False: it has not. */
export function recover(): bool {
  const isReset = reset(host.RESET_COMMAND | host.RESET_DATA)
  deviceWrite(host.STATUS, 0xffff_ffff)
  return isReset
}

/** Sets off a command; what it becomes shows in STATUS. `mode` holds transfer mode and the command's flags. False: the lines are
 * not free. */
export function send(index: u32, argument: u32, mode: u32): bool {
  const busy =
    mode & (host.HAS_DATA | host.SHORT_BUSY) ? host.INHIBIT_COMMAND | host.INHIBIT_DATA : host.INHIBIT_COMMAND
  const end = after(PATIENCE)
  while (deviceRead(host.PRESENT) & busy) if (isOver(end)) return false
  deviceWrite(host.STATUS, 0xffff_ffff)
  deviceWrite(host.ARGUMENT, argument)
  deviceWrite(host.COMMAND, (index << host.INDEX_SHIFT) | mode)
  return true
}

/** A command that is waited for. False: the card does not answer, or wrongly. */
export function command(index: u32, argument: u32, mode: u32): bool {
  if (send(index, argument, mode) && awaitStatus(host.COMMAND_COMPLETE)) {
    deviceWrite(host.STATUS, host.COMMAND_COMPLETE)
    if ((mode & host.SHORT_BUSY) != host.SHORT_BUSY || awaitStatus(host.TRANSFER_COMPLETE)) return true
  }
  recover()
  return false
}

/** Until STATUS has one of `bits`. False: it has an error, or none of it comes. */
export function awaitStatus(bits: u32): bool {
  const end = after(PATIENCE)
  while (true) {
    const status = deviceRead(host.STATUS)
    if (status & host.ERROR) return false
    if (status & bits) return true
    if (isOver(end)) return false
  }
}

/** The card's answer of 48 bits; of 136 the word `i` from bit 8 on. */
export function response(i: u32 = 0): u32 {
  return deviceRead(host.RESPONSE + (i << 2))
}
