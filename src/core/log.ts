/** The hypervisor's own lines on the console. Before host drives the UART they go to the board's early one, if any. */
import { EXTENSION_CONTROL } from '../abi/extension'
import * as hw from '../hw'
import { byteOf } from '../lib/literal'
import { acquire, LOCK_SIZE, release } from '../lib/lock'
import { thisCpu, WORK_CONSOLE } from './cpu'
import * as early from './early-uart'
import { hasExtension } from './extension'
import * as host from './host'
import * as hostLife from './host-life'
import { isNewlyHeld, tellKeeper } from './keeper'

// host.lock: bytes of a line on their way to host, the first in bits 7:0.
let gathered: u64 = 0
let count: u32 = 0

// host.lock: what is gathered is no line but a record.
let isRecord = false

const hostLock = memory.data(LOCK_SIZE, 8)

export function lockHost(): void {
  acquire(hostLock)
}

export function unlockHost(): void {
  if (hostLife.isBroken()) mend()
  release(hostLock)
}

/** host failed: it begins anew, or is left for good. serveUart (console.ts) tells of it before the next guest runs. */
function mend(): void {
  if (!hostLife.isUp()) return
  if (!hostLife.beginAnew()) early.takeOver()
  thisCpu().work |= WORK_CONSOLE
}

/** host is not to be trusted any more: the line begins anew on the bare UART. */
export function leaveHost(): void {
  if (hostLife.isUp()) early.put(0x0a)
  hostLife.leave()
}

/** Everything said so far leaves the UART. */
export function flush(): void {
  if (!hostLife.isUp()) return
  lockHost()
  host.flush()
  unlockHost()
}

/** After a panic nobody may wait for a lock that will not come. */
export function breakHostLock(): void {
  store<u64>(hostLock, 0)
  gathered = 0
  count = 0
  isRecord = false
}

/** host speaks by the control protocol. */
function isHeard(): bool {
  return hostLife.isUp() && hasExtension(EXTENSION_CONTROL)
}

/** A VM's new state, to whoever reads records. */
export function announce(vm: u32, state: u32, cause: u32): void {
  lockHost()
  tell(vm, state, cause)
  leave()
}

/** The same, for who has host.lock, and gives it back by `leave`. */
export function tell(vm: u32, state: u32, cause: u32): void {
  if (isHeard()) host.tell(vm, state, cause)
}

/** Lines of several CPUs do not mix: begin takes host.lock, end gives it back. */
export function begin(): void {
  lockHost()
}

/** The same, of a record that tells of a VM in JSON; false, and nothing begins, where nobody reads those. */
export function beginRecord(vm: u32): bool {
  lockHost()
  isRecord = isHeard() && host.openReport(vm) === 1
  if (!isRecord) unlockHost()
  return isRecord
}

export function end(): void {
  byte(0x0a)
  isRecord = false
  leave()
}

/** The keeper hears of what host is to do soon. */
export function leave(): void {
  const isHeld = hostLife.isUp() && isNewlyHeld()
  unlockHost()
  if (isHeld) tellKeeper(thisCpu())
}

export function byte(ch: u32): void {
  if (!hostLife.isUp()) {
    if (!isRecord) early.put(ch)
    return
  }
  gathered |= (<u64>ch) << (count << 3)
  count++
  if (count === 8 || ch === 0x0a) pass()
}

/** What is gathered goes to host, eight bytes in a call. */
function pass(): void {
  let taken = count
  if (isRecord) host.report(gathered, count)
  else taken = host.say(gathered, count)
  if (taken < count) {
    // A full ring empties at the UART's pace; hypervisor lines are few and must not be lost.
    host.flush()
    host.say(gathered >> (taken << 3), count - taken)
  }
  gathered = 0
  count = 0
  if (hostLife.isBroken()) mend()
}

export function text(message: string): void {
  for (let i: u32 = 0; byteOf(message, i); i++) byte(byteOf(message, i))
}

/** NUL-terminated bytes in core's window, at most `limit`. */
export function bytes(at: usize, limit: u32): void {
  for (let i: u32 = 0; i < limit && load<u8>(at + i); i++) byte(printable(load<u8>(at + i)))
}

/** NUL-terminated bytes outside core's window: a constant of the C runtime. */
export function bytesAt(va: u64, limit: u32): void {
  for (let i: u32 = 0; i < limit; i++) {
    const ch = hw.load8(va + i)
    if (!ch) return
    byte(printable(ch))
  }
}

export function hex(value: u64): void {
  byte(0x30)
  byte(0x78)
  let shift: i32 = value == 0 ? 0 : 60 - (<i32>clz(value) & ~3)
  for (; shift >= 0; shift -= 4) {
    const digit = <u32>(value >> shift) & 15
    byte(digit < 10 ? 0x30 + digit : 0x57 + digit)
  }
}

const digits = memory.data(20)

export function decimal(value: u64): void {
  let length: usize = 0
  let rest = value
  do {
    store<u8>(digits + length++, 0x30 + <u8>(rest % 10))
    rest /= 10
  } while (rest)
  while (length) byte(load<u8>(digits + --length))
}

/** Ticks of the counter as seconds, or as milliseconds below one. */
export function seconds(ticks: u64): void {
  const frequency = hw.cntfrq_el0()
  const whole = ticks / frequency
  if (whole >= 1) {
    decimal(whole)
    byte(0x2e)
    decimal(((ticks % frequency) * 10) / frequency)
    text(' s')
    return
  }
  decimal((ticks * 1000) / frequency)
  text(' ms')
}

/** Bytes in the largest unit that divides them. */
export function amount(value: u64): void {
  if (value && !(value & 0xfffff)) {
    decimal(value >> 20)
    text(' MiB')
  } else if (value && !(value & 0x3ff)) {
    decimal(value >> 10)
    text(' KiB')
  } else {
    decimal(value)
    text(' bytes')
  }
}

/** One whole line. */
export function line(message: string): void {
  begin()
  text(message)
  end()
}

function printable(ch: u32): u32 {
  return ch < 0x20 || ch > 0x7e ? 0x3f : ch
}
