/**
 * SP805 watchdog. DDI 0270. Its clock is the VM's own count, told as UART_CLOCK Hz, and so stands still while the VM is paused. The
 * first zero raises the interrupt, the second one, with that still raised, ends the VM as a crash.
 *
 * Deviations: the integration test registers read as zero and ignore writes; a load of 0, which is not valid, counts as 1.
 */

import { UART_CLOCK, WATCHDOG_INTID } from '../../abi/guest-machine'
import { HANG_WATCHDOG } from '../../abi/life'
import {
  INTEN,
  RESEN,
  UNLOCK,
  WdogControl,
  WdogIntClr,
  WdogLoad,
  WdogLock,
  WdogMIS,
  WdogPeriphID0,
  WdogRIS,
  WdogValue,
} from '../../arch/sp805'
import * as core from '../core'
import { LOOK_WATCHDOG, setLook } from '../fitted'
import { setLine } from '../vgic/pend'
import { fitsWord, part } from '../width'
import { giveSign } from './sign'

@unmanaged
class Watchdog {
  load: u32
  control: u32
  ris: u32
  /** 1: only WdogLock can be written. */
  isLocked: u32
  line: u32
  /** What the counter stands at while it does not run. */
  value: u32
  /** The VM's count at which the counter gets to 0. */
  zeroAt: u64
}

const at = memory.data(64, 64)
function watchdog(): Watchdog {
  return changetype<Watchdog>(at)
}

/** WdogPeriphID0 to 3 and WdogPCellID0 to 3, lowest first: SP805, Arm, revision 1. */
const IDENTIFICATION: u64 = 0xb105_f00d_0014_1805

export function reset(): void {
  watchdog().load = watchdog().value = u32.MAX_VALUE
}

/** It counts towards something: its interrupt, or the VM's end. Without RESEN nothing comes after the first. */
export function counts(): bool {
  const w = watchdog()
  return (w.control & INTEN) != 0 && (!w.ris || (w.control & RESEN) != 0)
}

export function readWatchdog(vcpu: u32, offset: u32, size: u32): u64 {
  look(vcpu)
  return fitsWord(offset, size) ? part(read(offset & ~3), offset, size) : 0
}

function read(offset: u32): u32 {
  const w = watchdog()
  switch (offset) {
    case WdogLoad:
      return w.load
    case WdogValue:
      return valueNow()
    case WdogControl:
      return w.control
    case WdogRIS:
      return w.ris
    case WdogMIS:
      return w.control & INTEN ? w.ris : 0
    case WdogLock:
      return w.isLocked
    default:
      return offset >= WdogPeriphID0 ? <u32>(IDENTIFICATION >> ((offset - WdogPeriphID0) << 1)) & 0xff : 0
  }
}

/** Registers are written as words; other widths are ignored. */
export function writeWatchdog(vcpu: u32, offset: u32, size: u32, value: u32): void {
  if (size != 4) return
  look(vcpu)
  const w = watchdog()
  if (offset == WdogLock) w.isLocked = value == UNLOCK ? 0 : 1
  else if (!w.isLocked) write(offset, value)
  update(vcpu)
  setLook(LOOK_WATCHDOG, counts())
  if (counts()) core.wakeAt(w.zeroAt)
}

function write(offset: u32, value: u32): void {
  const w = watchdog()
  catchUp()
  switch (offset) {
    case WdogLoad:
      w.load = value
      restart()
      giveSign()
      break
    case WdogControl: {
      const wasRunning = w.control & INTEN
      if (wasRunning && !(value & INTEN)) w.value = valueNow()
      w.control = value & (INTEN | RESEN)
      if (!wasRunning) restart()
      break
    }
    case WdogIntClr:
      w.ris = 0
      restart()
      giveSign()
      break
  }
}

/** Without RESEN the counter passed zero unseen, maybe often. */
function catchUp(): void {
  const w = watchdog()
  const late = core.counter() - w.zeroAt
  if (w.control & INTEN && <i64>late >= 0) w.zeroAt += late - (late % period()) + period()
}

/** The counter begins at WdogLoad. */
function restart(): void {
  const w = watchdog()
  w.value = w.load
  w.zeroAt = core.counter() + period()
}

/** What is due by now happens: the interrupt, then the VM's end. Tells core when to look again. */
export function look(vcpu: u32): void {
  const w = watchdog()
  if (!counts()) return
  const late = core.counter() - w.zeroAt
  if (<i64>late >= 0) {
    if (w.ris || (w.control & RESEN && late >= period())) {
      // Where a debugger has the VM, it halts instead: once it goes on, it has all of the time again.
      w.zeroAt = core.counter() + period()
      core.vmHang(HANG_WATCHDOG)
    } else {
      w.ris = 1
      w.zeroAt += period() // without RESEN the counter goes on, and nothing follows
      update(vcpu)
      setLook(LOOK_WATCHDOG, counts())
      if (!counts()) return
    }
  }
  core.wakeAt(w.zeroAt)
}

/** Counts of the VM's clock from WdogLoad to 0, rounded up. */
function period(): u64 {
  const ticks = max<u64>(watchdog().load, 1)
  return (ticks * core.frequency() + (UART_CLOCK - 1)) / UART_CLOCK
}

function valueNow(): u32 {
  const w = watchdog()
  if (!(w.control & INTEN)) return w.value
  let left = w.zeroAt - core.counter()
  // Past zero it went on from WdogLoad, again and again.
  if (<i64>left < 0) left = period() - (-left % period())
  return <u32>min<u64>((left * UART_CLOCK) / core.frequency(), w.load)
}

function update(vcpu: u32): void {
  const w = watchdog()
  const line = w.control & INTEN ? w.ris : 0
  if (line == w.line) return
  w.line = line
  setLine(vcpu, WATCHDOG_INTID, line != 0)
}
