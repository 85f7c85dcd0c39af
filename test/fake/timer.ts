/**
 * The generic timers of the fake CPUs: three comparators each over one counter, whose lines are PPIs. DDI 0487, "The Generic
 * Timer in AArch64 state": a timer's condition holds while its view of the count has reached the compare value.
 */
import type { CpuState } from './primitive.ts'

interface Timer {
  intid: number
  control: string
  compare: string
  /** Counts from CNTVOFF_EL2. */
  isVirtual?: boolean
}

const TIMERS: Timer[] = [
  { intid: 26, control: 'cnthp_ctl_el2', compare: 'cnthp_cval_el2' },
  { intid: 27, control: 'cntv_ctl_el0', compare: 'cntv_cval_el0', isVirtual: true },
  { intid: 30, control: 'cntp_ctl_el0', compare: 'cntp_cval_el0' },
]
const ENABLE = 1n
const WRITABLE = 3n
const STATUS = 4n

interface Clock {
  readonly now: bigint
  readonly cpus: readonly CpuState[]
}

export class Timers {
  constructor(private readonly clock: Clock) {}

  /** Whether the line of a private interrupt is high because a timer says so. */
  isHigh(cpu: number, intid: number): boolean {
    const timer = TIMERS.find((timer) => timer.intid === intid)
    const { registers } = this.clock.cpus[cpu]!
    return timer !== undefined && isArmed(timer, registers) && this.#left(timer, registers) <= 0n
  }

  /** CNT<x>_CTL as it reads: ISTATUS is the condition, masked or not. */
  control(cpu: number, name: string): bigint {
    const { registers } = this.clock.cpus[cpu]!
    const control = (registers.get(name) ?? 0n) & WRITABLE
    const timer = TIMERS.find((timer) => timer.control === name)!
    return control & ENABLE && this.#left(timer, registers) <= 0n ? control | STATUS : control
  }

  /** The count at which the next line rises that is low now. */
  next(): bigint | undefined {
    const online = this.clock.cpus.filter(({ isOnline }) => isOnline)
    let least: bigint | undefined
    for (const { registers } of online) {
      for (const timer of TIMERS.filter((timer) => isArmed(timer, registers))) {
        const left = this.#left(timer, registers)
        if (left > 0n && (least === undefined || left < least)) least = left
      }
    }
    return least === undefined ? undefined : this.clock.now + least
  }

  /** Ticks to go. Both sides of the comparison are 64 bits, unsigned. */
  #left({ compare, isVirtual }: Timer, registers: Map<string, bigint>): bigint {
    const offset = (isVirtual && registers.get('cntvoff_el2')) || 0n
    return (registers.get(compare) ?? 0n) - BigInt.asUintN(64, this.clock.now - offset)
  }
}

/** Enabled and not masked. */
function isArmed({ control }: Timer, registers: Map<string, bigint>): boolean {
  return ((registers.get(control) ?? 0n) & WRITABLE) === ENABLE
}
