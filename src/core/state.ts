/** A VM's state, which only the table in src/abi/life.ts moves. */
import { STATE_PAUSED, STATE_RUNNING, STATE_STARTING, STATE_STOPPING } from '../abi/life'
import { Vm, vmAt, vmCount } from './vm'

/** STATE_*. */
export function stateOf(vm: Vm): u32 {
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('state'))
}

/** An event of the table: `from` and `to` are its two numbers there. False: it may not come in the state that the VM is in. Of
 * several CPUs that try, one succeeds. */
export function move(vm: Vm, from: u32, to: u32): bool {
  let state = stateOf(vm)
  while ((from >> state) & 1) {
    const found = atomic.cmpxchg<u32>(changetype<usize>(vm), state, to, offsetof<Vm>('state'))
    if (found === state) return true
    state = found
  }
  return false
}

/** It has, or will have, the time of a CPU without anybody's asking; or an operator has it paused. */
function isAlive(vm: Vm): bool {
  const state = stateOf(vm)
  return state === STATE_STARTING || state === STATE_RUNNING || state === STATE_PAUSED || state === STATE_STOPPING
}

export function isAnyAlive(): bool {
  for (let i: u32 = 0; i < vmCount; i++) if (isAlive(vmAt(i))) return true
  return false
}
