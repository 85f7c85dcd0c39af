/** Calls to the board's own PSCI (DEN 0022) by SMC; only where the DTB says that there is one. */
import * as hw from '../hw'
import { hasPsci } from './machine'

const SYSTEM_OFF: u64 = 0x8400_0008
const CPU_ON_64: u64 = 0xc400_0003

/** Starts a CPU at `entry` (physical) with `context` in x0. 0 on success, else PSCI's error. */
export function startCpu(mpidr: u64, entry: u64, context: u64): i32 {
  return hasPsci ? <i32>hw.smc(CPU_ON_64, mpidr, entry, context) : -1
}

/** Does not return where the board can power off. */
export function powerOff(): void {
  if (hasPsci) hw.smc(SYSTEM_OFF, 0, 0, 0)
}
