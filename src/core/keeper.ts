/** The CPU that takes the board's interrupts, and with them the console's: host says when it wants to be called, the keeper's
 * timer sees to it. */
import { Cpu, WORK_CONSOLE } from './cpu'
import * as host from './host'
import { ask } from './request'

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

/** Under host.lock, after something was printed or fetched: true if host wants to be called earlier than the keeper knows. */
export function isNewlyHeld(): bool {
  return keeper && host.deadline() < atomic.load<u64>(keeper, offsetof<Cpu>('consoleAt'))
}

/** Not under host.lock. */
export function tellKeeper(from: Cpu): void {
  ask(from, changetype<Cpu>(keeper), WORK_CONSOLE)
}
