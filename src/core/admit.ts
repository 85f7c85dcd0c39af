/** Whether a CPU can keep what its vCPUs were promised. The build has tested more (doc/why/admission.md); this is the last word
 * before anything runs, so that a bundle that lies takes nobody's time. Returns what is wrong, or '' if nothing is. */
import { Vcpu } from './vcpu'

/** Ticks: products of two such times fit 64 bits. */
const LONGEST: u64 = 1 << 31
/** Sums of budget / period are kept in parts of this, rounded down. */
const WHOLE: u64 = 1 << 24

/** `first`: of the vCPUs that are to share a CPU, each with the next. */
export function admit(first: usize): string {
  let sum: u64 = 0
  let count: u32 = 0
  let pinned: u32 = 0
  for (let at = first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    count++
    if (!vcpu.budget) pinned++
    else {
      const budget = <u64>vcpu.budget
      if (vcpu.period > LONGEST || budget > vcpu.period) return "a vCPU's budget or period is out of bounds"
      // Rounded down: 80 % and 20 % of a tick count that neither divides are still the whole.
      sum += (budget * WHOLE) / vcpu.period
    }
  }
  if (pinned && count > 1) return 'two vCPUs want one core'
  return sum > WHOLE ? 'the shares of a core are more than the whole of it' : ''
}
