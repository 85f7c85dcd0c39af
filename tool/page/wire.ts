/** What the tool tells the page of a running board: messages of server-sent events, one JSON object each. */

export interface Snapshot {
  /** Whether a board answers; if not, why. */
  isThere: boolean
  words: string
  vms: VmNow[]
}

export interface VmNow {
  vm: string
  state: string
  /** Percent of one core, and of it what others took. */
  cpu: number
  stolen: number
  /** Exits in a second, by class. */
  hypercalls: number
  accesses: number
  interrupts: number
  traps: number
  restarts: number
  memory: number
  /** Of each vCPU. */
  vcpus: { core: number; cpu: number }[]
}

/** A line of the console, or of what happened. */
export interface Line {
  source: string
  text: string
}

/** Names of the events. */
export const SNAPSHOT = 'snapshot'
export const LINES = 'lines'
export const HAPPENED = 'happened'
/** Where each VM's RAM is on the board: `{ linux: '0x49e00000' }`. */
export const PLACES = 'places'
