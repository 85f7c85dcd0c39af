/** What core may ask of host: the console's bytes in both directions. One call at a time, under core's host lock. */

import { SOURCE_HYPERVISOR, UART_KIND_PL011 } from '../abi/compartment'
import { initInput, nextTyped, pendingInput } from './input'
import { initKeyboard, typed } from './keyboard'
import { step } from './mux'
import { accept, hasRoomNews, takeRoom } from './output'
import { awaitIdle, awaitRoom, canSend, clearReceive, initPl011, receive, send } from './pl011'
import { initScreen, staged } from './screen'
import { HYPERVISOR, initSources, setName as setSourceName, VMS } from './source'
import { initTurns, setUrgent } from './turn'

export { deadline } from './turn'

/** Bytes that one call hands to the UART: more than any FIFO holds, so that a full one, not this, ends the call on a board. */
const BURST: u32 = 64
/** Reads of the flag register in one flush: about 400 ms where a read takes 100 ns. */
const FLUSH_SPINS: u32 = 4_000_000

let wired = false

export function init(kind: u32, vmCount: u32, frequency: u32): void {
  initSources()
  initScreen()
  initInput()
  initKeyboard(min<u32>(vmCount, VMS))
  initTurns(frequency)
  wired = kind === UART_KIND_PL011
  if (wired) initPl011()
}

/** One byte of a VM's name; index 0 to 30. */
export function setName(source: u32, index: u32, ch: u32): void {
  if (source < VMS) setSourceName(source, index, ch)
}

/** 1 if the byte was taken, 0 if the source's ring is full: `roomPending` will tell. */
export function put(source: u32, ch: u32): u32 {
  // A board without a UART swallows output, so that guests do not wait for room for ever.
  if (!wired) return 1
  const from = source === SOURCE_HYPERVISOR ? HYPERVISOR : source
  if (from > HYPERVISOR) return 1
  const taken = accept(from, ch & 0xff)
  fill()
  return taken ? 1 : 0
}

export function uartInterrupt(): void {
  poll()
}

export function poll(): void {
  if (!wired) return
  // Reading the last byte ends the interrupt, and more than a burst leaves it asserted: it is cleared only where it has no byte.
  if (takeTyped() === 0) {
    clearReceive()
    takeTyped()
  }
  fill()
}

/** Bytes received, as many as one call may take. */
function takeTyped(): u32 {
  let count: u32 = 0
  while (count < BURST) {
    const ch = receive()
    if (ch < 0) break
    typed(ch)
    count += 1
  }
  return count
}

/** Writes out what waits, the hypervisor's lines first, as far as FLUSH_SPINS allows. */
export function flush(): void {
  if (!wired) return
  setUrgent(true)
  let spins = FLUSH_SPINS
  while (spins > 0) {
    if (staged().used() === 0) {
      if (!step()) break
    } else if (canSend()) send(staged().pop())
    else spins -= 1
  }
  awaitIdle(spins) // the board may be about to lose its power
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

/**
 * Hands the UART what it takes now. Asks for an interrupt only if more is ready than it took, or if a VM is to be told
 * that it has room again: core asks for that after each interrupt.
 */
function fill(): void {
  let sent: u32 = 0
  while (sent < BURST) {
    if (staged().used() === 0) {
      if (step()) continue
      awaitRoom(hasRoomNews())
      return
    }
    if (!canSend()) break
    send(staged().pop())
    sent += 1
  }
  awaitRoom(true)
}
