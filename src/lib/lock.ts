/** A ticket lock: CPUs enter in the order in which they came. Two words: the next ticket, the one being served. */
import * as hw from '../hw'

export const LOCK_SIZE = 8

export function acquire(at: usize): void {
  const ticket = atomic.add<u32>(at, 1)
  if (atomic.load<u32>(at, 4) != ticket) hw.wait_turn(at + 4, ticket)
}

export function release(at: usize): void {
  atomic.store<u32>(at, atomic.load<u32>(at, 4) + 1, 4)
}
