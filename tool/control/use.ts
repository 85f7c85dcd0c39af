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
  memory: number
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
    memory: now.memory,
    vcpus: now.each.map(({ core, cpuMs, stolenMs }, i) => ({
      core,
      cpu: percent(before.each[i]?.cpuMs, cpuMs),
      stolen: percent(before.each[i]?.stolenMs, stolenMs),
    })),
  }
}
