/** Which of a CPU's vCPUs runs now, and when to ask again. Nothing here touches hardware. */
import { Cpu } from './cpu'
import { charge, goesBefore, hasClaim, refill, sparesBefore, wake } from './server'
import { Run, Vcpu } from './vcpu'

/** Those who share spare time take turns of this many ticks at most: 1 ms. */
let turn: u64 = 0

export function setFrequency(frequency: u64): void {
  turn = frequency / 1000
}

/** When the last `choose` of this CPU wants to be asked again; u64.MAX_VALUE: not before something happens. */
export function nextEvent(cpu: Cpu): u64 {
  return cpu.nextEvent
}

/** Charges who ran, wakes and refills who is due, and picks: 0 if nobody is ready. */
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
    if (!spare || sparesBefore(vcpu, changetype<Vcpu>(spare))) spare = at
  }
  cpu.onSpare = best || !spare ? 0 : 1
  if (cpu.onSpare) {
    best = spare
    if (sparers > 1) event = min(event, now + turn)
  } else if (best && changetype<Vcpu>(best).budget) event = min(event, now + <u64>changetype<Vcpu>(best).remaining)
  cpu.nextEvent = event
  return best
}

/** Who had the CPU pays up to `now`. One in WFI has paid already. */
export function settleAccount(cpu: Cpu, now: u64): void {
  const vcpu = changetype<Vcpu>(cpu.vcpu)
  if (cpu.vcpu && vcpu.run === Run.Ready) charge(vcpu, now - cpu.chargedAt, cpu.onSpare !== 0)
  cpu.chargedAt = now
}
