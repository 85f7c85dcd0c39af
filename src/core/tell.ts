/** Whoever got frames from a port is told: a VM on its vCPU's CPU, the board's network card by its service. */
import { flush } from './outside'
import { OUTSIDE, openingOf, Port, portAt } from './port'
import { remindOfFrames } from './request'

/** Those who got frames from `port` since the last call. */
export function tellReceivers(port: Port): void {
  for (let left = port.toTell; left; left &= left - 1) {
    const to = portAt(ctz(left))
    // Of a compartment that did not tell at once, it may be another VM's by now, or nobody's.
    if (!openingOf(to)) continue
    if (to.vm === OUTSIDE) flush()
    else remindOfFrames(to.vm)
  }
  port.toTell = 0
}
