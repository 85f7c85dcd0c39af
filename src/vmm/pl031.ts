/**
 * PL031 real time clock. DDI 0224. Seconds since 1970, from the board's clock or from 0, that the guest may set for itself.
 *
 * The clock always runs (RTCCR reads 1). The alarm is compared whenever the guest touches the clock or core kicks a vCPU of the VM;
 * a compartment has no timer of its own, so an alarm in an otherwise idle VM comes with the first such event after its second.
 */

import { RTC_INTID } from '../abi/guest-machine'
import { RTCCR, RTCDR, RTCICR, RTCIMSC, RTCLR, RTCMIS, RTCMR, RTCPeriphID0, RTCRIS } from '../arch/pl031'
import * as core from './core'
import { LOOK_CLOCK, setLook } from './fitted'
import { setLine } from './vgic/pend'
import { fitsWord, part } from './width'

@unmanaged
class Rtc {
  /** What the guest's setting of the clock adds to the board's time, s. */
  offset: u32
  match: u32
  load: u32
  imsc: u32
  ris: u32
  line: u32
  /** The time at the last comparison, s. */
  seen: u32
}

const at = memory.data(32, 64)
function rtc(): Rtc {
  return changetype<Rtc>(at)
}

/** RTCPeriphID0 to 3 and RTCPCellID0 to 3, lowest first: PL031, Arm. */
const IDENTIFICATION: u64 = 0xb105_f00d_0004_1031

export function readRtc(vcpu: u32, offset: u32, size: u32): u64 {
  poll(vcpu)
  return fitsWord(offset, size) ? part(read(offset & ~3), offset, size) : 0
}

function read(offset: u32): u32 {
  const r = rtc()
  switch (offset) {
    case RTCDR:
      return now()
    case RTCMR:
      return r.match
    case RTCLR:
      return r.load
    case RTCCR:
      return 1
    case RTCIMSC:
      return r.imsc
    case RTCRIS:
      return r.ris
    case RTCMIS:
      return r.ris & r.imsc
    default:
      return offset >= RTCPeriphID0 ? <u32>(IDENTIFICATION >> ((offset - RTCPeriphID0) << 1)) & 0xff : 0
  }
}

/** Registers are written as words; other widths are ignored. */
export function writeRtc(vcpu: u32, offset: u32, size: u32, value: u32): void {
  if (size != 4) return
  poll(vcpu)
  const r = rtc()
  switch (offset) {
    case RTCMR:
      r.match = value
      compare()
      break
    case RTCLR:
      r.load = value
      r.offset += value - now()
      r.seen = value
      compare()
      break
    case RTCIMSC:
      r.imsc = value & 1
      setLook(LOOK_CLOCK, r.imsc != 0)
      break
    case RTCICR:
      r.ris &= ~value
      break
    default:
      return
  }
  update(vcpu)
}

/** Raises the alarm if its second has come since the last look. */
export function poll(vcpu: u32): void {
  const r = rtc()
  const time = now()
  if (r.match - r.seen - 1 < time - r.seen) r.ris = 1
  r.seen = time
  update(vcpu)
}

function compare(): void {
  const r = rtc()
  if (r.match == now()) r.ris = 1
}

function now(): u32 {
  const frequency = core.frequency()
  const elapsed = frequency ? core.counter() / frequency : 0
  return <u32>(core.epoch() + elapsed) + rtc().offset
}

function update(vcpu: u32): void {
  const r = rtc()
  const line = r.ris & r.imsc
  if (line == r.line) return
  r.line = line
  setLine(vcpu, RTC_INTID, line != 0)
}
