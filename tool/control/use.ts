/** What a VM used between two looks at it. */
import type { Status } from './protocol.ts'

/** Per second, but for percents: 100 is one core. */
export interface Use {
  vm: string
  state: string
  cpu: number
  stolen: number
  hypercalls: number
  accesses: number
  interrupts: number
  traps: number
  /** Bytes that it has: RAM less what it gave back. */
  memory: number
  away: number
  /** Bytes, and frames. */
  sent: number
  received: number
  sentFrames: number
  receivedFrames: number
  diskRead: number
  diskWritten: number
  /** Of each vCPU, whose core it is on, percent of that. */
  vcpus: { core: number; cpu: number; stolen: number }[]
}

/** A VM that began anew in between counts from 0: its figures are those of this life. */
export function useOf(before: Status, now: Status): Use {
  const isSame = now.cpuMs >= before.cpuMs && now.traps >= before.traps && now.accesses >= before.accesses
  const passed = Math.max(now.ms - before.ms, 1)
  const grown = (from: number | undefined, to: number) => Math.max(to - ((isSame && from) || 0), 0)
  const rate = (key: 'hypercalls' | 'accesses' | 'interrupts' | 'traps') =>
    Math.round((grown(before[key], now[key]) * 1000) / passed)
  // These go on from one life to the next.
  const flow = (key: 'sentBytes' | 'receivedBytes' | 'sentFrames' | 'receivedFrames' | 'diskRead' | 'diskWritten') =>
    Math.round((Math.max(now[key] - before[key], 0) * 1000) / passed)
  const percent = (from: number | undefined, to: number) => Math.round((grown(from, to) * 1000) / passed) / 10
  return {
    vm: now.vm,
    state: now.state,
    cpu: percent(before.cpuMs, now.cpuMs),
    stolen: percent(before.stolenMs, now.stolenMs),
    hypercalls: rate('hypercalls'),
    accesses: rate('accesses'),
    interrupts: rate('interrupts'),
    traps: rate('traps'),
    away: now.away,
    memory: now.memory - now.away,
    sent: flow('sentBytes'),
    received: flow('receivedBytes'),
    sentFrames: flow('sentFrames'),
    receivedFrames: flow('receivedFrames'),
    diskRead: flow('diskRead'),
    diskWritten: flow('diskWritten'),
    vcpus: now.each.map(({ core, cpuMs, stolenMs }, i) => ({
      core,
      cpu: percent(before.each[i]?.cpuMs, cpuMs),
      stolen: percent(before.each[i]?.stolenMs, stolenMs),
    })),
  }
}
