/** What a new system must do before it is trusted, every default filled in. */
import type { ConfirmConfig } from './define.ts'
import { parseDuration } from './duration.ts'

/** Milliseconds from boot on. */
export interface Confirm {
  after: number
  within: number
}

const GRACE = 120_000

export function confirmOf({ after, within }: ConfirmConfig): Confirm {
  const least = milliseconds(after)
  return { after: least, within: within === undefined ? least + GRACE : milliseconds(within) }
}

function milliseconds(duration: string): number {
  return Math.round(parseDuration(duration)! / 1000)
}
