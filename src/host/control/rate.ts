/** How many requests may come: a bucket that a burst empties and that time fills. */

import { REQUEST_BURST, REQUESTS_PER_SECOND } from '../../abi/control'
import { ticks } from '../core'

/** Physical ticks: what one request costs, and the count at which the bucket would be empty of debts. */
let cost: u64 = 0
let paidAt: u64 = 0

export function initRate(frequency: u32): void {
  cost = <u64>frequency / REQUESTS_PER_SECOND
  paidAt = 0
}

/** False: too many have come. */
export function isGranted(): boolean {
  const now = ticks()
  if (paidAt < now) paidAt = now
  if (paidAt - now > cost * (REQUEST_BURST - 1)) return false
  paidAt += cost
  return true
}
