/** Which of a CPU's vCPUs runs now, and when to ask again. Nothing here touches hardware. */
import { Cpu } from './cpu'
import { charge, goesBefore, hasClaim, refill, sparesBefore, wake } from './server'
import { Run, Vcpu } from './vcpu'

/** Those who share spare time take turns of this many ticks at most: 1 ms. */
let turn: u64 = 0

export function setFrequency(frequency: u64): void {
  turn = frequency / 1000
}

/** Charges who ran, wakes and refills who is due, and picks: 0 if nobody is ready. `cpu.nextEvent` says when to ask again. */
export function choose(cpu: Cpu, now: u64): usize {
  settleAccount(cpu, now)
  let best: usize = 0
  let spare: usize = 0
  let sparers: u32 = 0
  let event = u64.MAX_VALUE
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    if (vcpu.run === Run.Blocked) {
      if (vcpu.wakeAt > now) {
        event = min(event, vcpu.wakeAt)
        continue
      }
      wake(vcpu, now)
    }
    if (vcpu.run !== Run.Ready) continue
    refill(vcpu, now)
    if (hasClaim(vcpu)) {
      if (!best || goesBefore(vcpu, changetype<Vcpu>(best))) best = at
      continue
    }
    event = min(event, vcpu.deadline)
    if (!vcpu.takesSpare) continue
    sparers++
    // What others got while it did not want any is not owed to it.
    if (vcpu.spare < cpu.spareLevel) vcpu.spare = cpu.spareLevel
    if (!spare || sparesBefore(vcpu, changetype<Vcpu>(spare))) spare = at
  }
  cpu.onSpare = best ? 0 : sparers
  if (cpu.onSpare) {
    best = spare
    cpu.spareLevel = changetype<Vcpu>(spare).spare
    if (sparers > 1) event = min(event, now + turn)
  } else if (best && changetype<Vcpu>(best).budget) event = min(event, now + <u64>changetype<Vcpu>(best).remaining)
  cpu.nextEvent = event
  if (best !== cpu.runner) handOver(cpu, best, now)
  return best
}

/** Who runs pays up to `now`. */
export function settleAccount(cpu: Cpu, now: u64): void {
  if (cpu.runner) {
    const runner = changetype<Vcpu>(cpu.runner)
    charge(runner, now - cpu.chargedAt, cpu.onSpare !== 0)
    if (cpu.onSpare === 1) cpu.spareLevel = runner.spare
  }
  cpu.chargedAt = now
}

/** Who runs has paid, and does not want to any more. */
export function giveUp(cpu: Cpu, now: u64): void {
  settleAccount(cpu, now)
  cpu.runner = 0
}

/** Ticks on its CPU, those of the stretch under way included; of a vCPU of any CPU. */
export function ranUpToNow(vcpu: Vcpu, cpu: Cpu, now: u64): u64 {
  const ran = vcpu.ran
  const since = cpu.chargedAt
  return cpu.runner === changetype<usize>(vcpu) && now > since ? ran + (now - since) : ran
}

function handOver(cpu: Cpu, to: usize, now: u64): void {
  if (cpu.runner) changetype<Vcpu>(cpu.runner).readyAt = now
  if (to) changetype<Vcpu>(to).stolen += now - changetype<Vcpu>(to).readyAt
  cpu.runner = to
}
