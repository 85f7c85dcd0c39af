/**
 * The board does not go on without a VM that its config marks critical: it resets when such a VM has ended for good. Where
 * there is a watchdog (Raspberry Pi's power manager) it also resets when the hypervisor itself stands still: boot that parks,
 * a panic, a keeper that hangs. The keeper feeds it.
 */
import * as hw from '../hw'
import { Cpu, WORK_TIMER } from './cpu'
import { endGuard, reboot } from './firmware'
import { isModel } from './gicv2'
import * as log from './log'
import { hasPsci, pmPa } from './machine'
import { sayFallback, sleep } from './panic'
import * as powerManager from './power-manager'
import { vmName } from './report-word'
import { ask } from './request'
import * as trial from './trial'
import { Vm, vmAt, vmCount } from './vm'

/** Seconds that the watchdog waits, and how often it is fed, and a trial looked at, in these. */
const PATIENCE: u32 = 10
const MEALS: u64 = 4
/** The power manager's: 1/65536 s. */
const SECOND: u32 = 1 << 16

/** The keeper's own, once boot has set it. */
let mealAt: u64 = u64.MAX_VALUE

/** Boot, once a critical VM is known: from here on a boot that parks resets the board. */
export function begin(): void {
  watch()
}

/** Boot, once the keeper is there. */
export function setKeeper(from: Cpu, keeper: Cpu): void {
  if (!trial.isOn()) endGuard()
  if (!(isWanted() && watch()) && !trial.isOn()) return
  mealAt = hw.cntpct_el0()
  atomic.store<u64>(changetype<usize>(keeper), mealAt, offsetof<Cpu>('boardAt'))
  ask(from, keeper, WORK_TIMER)
}

function isWanted(): bool {
  for (let i: u32 = 0; i < vmCount; i++) if (vmAt(i).isCritical) return true
  return false
}

/** On the keeper, whose timer comes when it is due: the next count at which it is, u64.MAX_VALUE: never. */
export function feed(now: u64): u64 {
  if (now < mealAt) return mealAt
  if (trial.isOn()) trial.judge(now)
  watch()
  mealAt = now + (hw.cntfrq_el0() * PATIENCE) / MEALS
  return mealAt
}

/** A critical VM has ended, and nobody asked for it. */
export function lost(vm: Vm): void {
  log.begin()
  vmName(vm)
  log.text(' is critical: the board resets')
  log.end()
  if (powerManager.fallback) sayFallback('')
  log.flush()
  reboot()
  sleep()
}

/** False: the board has no watchdog that we drive. QEMU's does not count, it resets at once. */
function watch(): bool {
  if (hasPsci || !pmPa || isModel()) return false
  powerManager.count(PATIENCE * SECOND)
  return true
}
