/** What core may ask of host: the console's bytes in both directions. One call at a time, under core's host lock. */

import { SOURCE_HYPERVISOR } from '../abi/compartment'
import { BURST, fill, LINE_BURST } from './fill'
import { initInput, nextTyped, pendingInput } from './input'
import { goOnSoon, initIntake, intakeDeadline, takeReceived } from './intake'
import { initKeyboard } from './keyboard'
import { step } from './mux'
import { acceptSeveral, hasLine, takeRoom } from './output'
import { pollOther } from './remote'
import { initScreen, staged } from './screen'
import { HYPERVISOR, initSources, setName as setSourceName, VMS } from './source'
import { initTurns, lineDeadline, setUrgent } from './turn'
import { awaitIdle, canSend, console, send } from './uart'
import { initUart } from './uart-kind'

export { lineRead, lineReset } from './control/guest'
export { lineWrite } from './control/guest-input'
export { openReport, report, tell } from './control/news'
export { openWire } from './control/wire'
export { attach } from './remote'

/** Reads of the flag register in one flush: about 400 ms where a read takes 100 ns. */
const FLUSH_SPINS: u32 = 4_000_000

let wired = false

/** `kind` and `offset`: of the UART whose page core mapped at WINDOW_DEVICE. */
export function init(kind: u32, offset: u32, frequency: u32): void {
  initSources()
  initScreen()
  initInput(frequency)
  initKeyboard(VMS)
  initTurns(frequency)
  wired = initUart(console, kind, offset)
  if (wired) initIntake()
}

/** One byte of a VM's name; index 0 to 30. */
export function setName(source: u32, index: u32, ch: u32): void {
  if (source < VMS) setSourceName(source, index, ch)
}

/** Up to eight bytes of output, the first in bits 7:0; how many its ring took: `roomPending` will tell of room for the rest. */
export function put(source: u32, bytes: u64, count: u32): u32 {
  // A board without a UART swallows output, so that guests do not wait for room for ever.
  if (!wired) return count
  const from = source === SOURCE_HYPERVISOR ? HYPERVISOR : source
  if (from > HYPERVISOR) return count
  const taken = acceptSeveral(from, bytes, count)
  fill(BURST)
  return taken
}

/** Up to eight bytes of the hypervisor's own, the first in bits 7:0; how many were taken. They leave with their line's end. */
export function say(bytes: u64, count: u32): u32 {
  if (!wired) return count
  const taken = acceptSeveral(HYPERVISOR, bytes, count)
  if (hasLine(HYPERVISOR)) fill(LINE_BURST)
  return taken
}

export function uartInterrupt(): void {
  poll()
}

export function poll(): void {
  if (!wired) return
  takeReceived()
  if (!pollOther()) goOnSoon()
  fill(BURST)
}

/** Physical count at which `poll` has something to do that no interrupt announces; u64.MAX_VALUE: never. */
export function deadline(): u64 {
  return min<u64>(lineDeadline(), intakeDeadline())
}

/** Writes out what waits, the hypervisor's lines first, as far as FLUSH_SPINS allows. */
export function flush(): void {
  if (!wired) return
  setUrgent(true)
  let spins = FLUSH_SPINS
  while (spins > 0) {
    if (staged().used() === 0) {
      if (!step()) break
    } else if (canSend(console)) send(console, staged().pop())
    else spins -= 1
  }
  awaitIdle(console, spins) // the board may be about to lose its power
  setUrgent(false)
}

export function nextInput(vm: u32): u32 {
  return nextTyped(vm)
}

export function inputPending(): u32 {
  return pendingInput()
}

export function roomPending(): u32 {
  return takeRoom()
}
