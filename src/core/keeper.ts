/** The CPU that takes the board's interrupts, and with them the console's: host says when it wants to be called, the keeper's
 * timer sees to it. */
import { Cpu, WORK_CONSOLE } from './cpu'
import * as host from './host'
import { ask } from './request'

const NEVER: u64 = u64.MAX_VALUE

/** Boot only. */
let keeper: usize = 0

export function setKeeper(cpu: Cpu): void {
  keeper = changetype<usize>(cpu)
}

/** Under host.lock, on the keeper: when to call host next. */
export function noteDeadline(cpu: Cpu): void {
  if (changetype<usize>(cpu) !== keeper) return
  atomic.store<u64>(keeper, host.deadline(), offsetof<Cpu>('consoleAt'))
}

/** Under host.lock, after something was printed: true if the keeper does not know yet that host holds it back. */
export function isNewlyHeld(): bool {
  if (!keeper || host.deadline() === NEVER) return false
  return atomic.load<u64>(keeper, offsetof<Cpu>('consoleAt')) === NEVER
}

/** Not under host.lock. */
export function tellKeeper(from: Cpu): void {
  ask(from, changetype<Cpu>(keeper), WORK_CONSOLE)
}
