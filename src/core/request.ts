/** Work that one CPU asks of another. */
import { Cpu } from './cpu'
import * as gic from './gic'

/** Asks `cpu` to do `work` (WORK_*) before it next runs its guest; interrupts it if that is another CPU. */
export function ask(from: Cpu, cpu: Cpu, work: u32): void {
  if (cpu == from) {
    cpu.work |= work
    return
  }
  atomic.or<u32>(changetype<usize>(cpu), work, offsetof<Cpu>('request'))
  gic.kick(cpu)
}

/** What others asked of this CPU since it last looked. */
export function takeRequests(cpu: Cpu): u32 {
  return atomic.xchg<u32>(changetype<usize>(cpu), 0, offsetof<Cpu>('request'))
}
