/**
 * A vCPU's share of its CPU: a constant-bandwidth server with hard reservation. It gets `budget` ticks in every `period` if it
 * wants them, and not one more of what others claim. Times are counts of the physical counter; nothing here touches hardware.
 *
 * L. Abeni, G. Buttazzo, "Integrating Multimedia Applications in Hard Real-Time Systems", RTSS 1998, for the rule at wake-up;
 * "hard": with its budget spent a server waits for its deadline instead of postponing it.
 */
import { Run, Vcpu } from './vcpu'

/** It wants to run from `now` on. What is left of its budget counts only as far as its share of the time to the deadline. */
export function wake(vcpu: Vcpu, now: u64): void {
  if (vcpu.run === Run.Ready) return
  vcpu.run = Run.Ready
  vcpu.readyAt = now
  vcpu.wakeAt = u64.MAX_VALUE
  if (!vcpu.budget) return
  if (now >= vcpu.deadline || isAhead(vcpu, vcpu.deadline - now)) begin(vcpu, now)
}

/** remaining / time > budget / period: used now, it would be more than its share. Ticks are below 2^32 by admission. */
function isAhead(vcpu: Vcpu, time: u64): bool {
  return vcpu.remaining > 0 && <u64>vcpu.remaining * vcpu.period > time * <u64>vcpu.budget
}

function begin(vcpu: Vcpu, now: u64): void {
  vcpu.remaining = vcpu.budget + (vcpu.remaining < 0 ? vcpu.remaining : 0)
  vcpu.deadline = now + vcpu.period
}

/** At its deadline a spent server is filled up; what its last exit overran is taken off. */
export function refill(vcpu: Vcpu, now: u64): void {
  if (!vcpu.budget || vcpu.remaining > 0 || now < vcpu.deadline) return
  vcpu.remaining += vcpu.budget
  vcpu.deadline += vcpu.period
  // Long unheard of, or an overrun of several budgets: no claim to the past.
  if (vcpu.deadline <= now) begin(vcpu, now)
}

/** It had the CPU for `ticks`. */
export function charge(vcpu: Vcpu, ticks: u64, onSpare: bool): void {
  vcpu.ran += ticks
  if (onSpare) vcpu.spare += ticks
  else if (vcpu.budget) vcpu.remaining -= <i64>ticks
}

/** Ready, with a claim to the CPU. */
export function hasClaim(vcpu: Vcpu): bool {
  return vcpu.run === Run.Ready && (!vcpu.budget || vcpu.remaining > 0)
}

/** Whether `a` goes before `b`, both with a claim: the more urgent, then the earlier deadline. */
export function goesBefore(a: Vcpu, b: Vcpu): bool {
  return a.priority !== b.priority ? a.priority > b.priority : a.deadline < b.deadline
}

/** Whether `a` goes before `b` for spare time: who has had less of it. */
export function sparesBefore(a: Vcpu, b: Vcpu): bool {
  return a.spare < b.spare
}
