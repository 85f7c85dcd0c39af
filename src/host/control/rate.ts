/** How many requests may come on a line: a bucket that a burst empties and that time fills. */

import { REQUEST_BURST, REQUESTS_PER_SECOND } from '../../abi/control'
import { ticks } from '../core'
import { currentLine, lineAt } from './line'

/** Physical ticks: what one request costs. */
let cost: u64 = 0

export function initRate(frequency: u32): void {
  cost = <u64>frequency / REQUESTS_PER_SECOND
}

/** False: too many have come. */
export function isGranted(): boolean {
  const line = lineAt(currentLine())
  const now = ticks()
  if (line.paidAt < now) line.paidAt = now
  if (line.paidAt - now > cost * (REQUEST_BURST - 1)) return false
  line.paidAt += cost
  return true
}
