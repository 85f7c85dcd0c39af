/** The way to the control protocol. Its code is an extension (doc/extensions.md), which is there once core says so: whoever calls it
 * asks here first. */

import { isAttached, markAttached } from './attachment'
import * as listen from './control/listen'
import { initSession } from './control/session'
import { pollWire } from './control/wire-input'
import { typed } from './keyboard'

/** core: the extension is there. */
export function attach(frequency: u32): void {
  initSession(frequency)
  markAttached()
}

/** The UART that has records alone, if there is one. False: it holds more. */
export function pollOther(): bool {
  return !isAttached() || pollWire()
}

/** A byte from the console's UART: a request's, or typed. False: whoever has the keyboard has no room for it now. */
export function hear(ch: u32): bool {
  return isAttached() ? listen.hear(ch) : typed(ch)
}
