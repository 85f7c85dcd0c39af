/** How a VM lives, every default filled in: what its ends lead to, and who starts it when. */
import type { Reaction, VmConfig } from './define.ts'
import { parseDuration } from './duration.ts'

export interface Life {
  onCrash: Reaction
  onReboot: Reaction
  onShutdown: Reaction
  /** Once the restarts are used up. */
  onLimit: Reaction
  /** Restarts in a row, 0: any number. */
  limit: number
  /** Milliseconds before the first. */
  backoff: number
  critical: boolean
  autostart: boolean
  after: string[]
}

const RESTART_LIMIT = 5

export function lifeOf(config: VmConfig): Life {
  const { limit = RESTART_LIMIT, backoff, onLimit = 'stop' } = config.restarts ?? {}
  return {
    onCrash: config.onCrash ?? 'restart',
    onReboot: config.onReboot ?? 'restart',
    onShutdown: config.onShutdown ?? 'stop',
    onLimit,
    limit: limit === Number.POSITIVE_INFINITY ? 0 : limit,
    backoff: backoff === undefined ? 0 : Math.round(parseDuration(backoff)! / 1000),
    critical: config.critical ?? false,
    autostart: config.autostart ?? true,
    after: config.after ?? [],
  }
}
