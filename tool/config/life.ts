/** How a VM lives, every default filled in: what its ends lead to, and who starts it when. */
import type { HeartbeatConfig, Reaction, VmConfig } from './define.ts'
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
  /** Those of them that are to be ready, and for how long it waits for that; milliseconds. */
  awaits: string[]
  patience: number
  watchdog: boolean
  /** Microseconds. */
  heartbeat?: { within: number; first: number }
}

const RESTART_LIMIT = 5
/** Microseconds. */
const PATIENCE = 60_000_000

export function lifeOf(config: VmConfig): Life {
  const { heartbeat, after = [] } = config
  const awaited = after.flatMap((turn) => (typeof turn === 'object' && turn.ready ? [turn] : []))
  const waits = awaited.map(({ within }) => (within === undefined ? PATIENCE : parseDuration(within)!))
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
    after: after.map((turn) => (typeof turn === 'string' ? turn : turn.vm)),
    awaits: awaited.map(({ vm }) => vm),
    patience: Math.ceil(Math.max(0, ...waits) / 1000),
    watchdog: config.watchdog ?? false,
    ...(heartbeat && { heartbeat: heartbeatOf(heartbeat) }),
  }
}

function heartbeatOf({ within, first }: HeartbeatConfig): { within: number; first: number } {
  const beat = parseDuration(within)!
  return { within: beat, first: first === undefined ? Math.max(PATIENCE, beat) : parseDuration(first)! }
}

/** Somebody waits for the VM's signs of life. */
export function givesSigns(vm: { name: string; life: Life }, vms: readonly { life: Life }[]): boolean {
  return vm.life.heartbeat !== undefined || vms.some(({ life }) => life.awaits.includes(vm.name))
}
