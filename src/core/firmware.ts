/** What the board's firmware left for us: PSCI (DEN 0022) by SMC, only where the DTB says that there is one, since elsewhere SMC
 * is undefined; or a spin table, and Raspberry Pi's power manager. */
import { PAGE_SIZE } from '../abi/layout'
import { EL2_DATA } from '../arch/descriptor'
import * as hw from '../hw'
import { directVa, imagePaAt } from './address'
import { digitOf } from './boot-argument'
import { isModel } from './gicv2'
import { hasPsci, pmPa } from './machine'
import { sleep } from './panic'
import * as pm from './power-manager'
import { map, unmap } from './stage1'
import { mpidrOf, releaseOf } from './topology'

const SYSTEM_OFF: u64 = 0x8400_0008
const SYSTEM_RESET: u64 = 0x8400_0009
const CPU_ON_64: u64 = 0xc400_0003
/** PSCI's NOT_SUPPORTED, for CPUs that nothing can start. */
const NOT_SUPPORTED: i32 = -1
/** boot/entry.S: each CPU's way in from a spin table. */
const SPIN_ENTRY: u64 = 8

/** Once, at boot. False: no memory to reach it. */
export function openFirmware(): bool {
  return hasPsci || !pmPa || pm.open(pmPa)
}

/**
 * Boot, once the console is there: where the command line names the partition of an older system, whatever ends this boot leads
 * there, and so does a hang (doc/why/two-slots.md). QEMU's watchdog does not wait.
 */
export function guardBoot(): void {
  if (hasPsci || !pmPa) return
  pm.distrust(digitOf('bulkhead.fallback='))
  if (pm.fallback && !isModel()) pm.count(pm.LONGEST)
}

/** Boot is over, and nobody else judges the system. */
export function endGuard(): void {
  if (pm.fallback) pm.trust()
}

/** Sends a CPU to its entry. 0 on success, else PSCI's error. */
export function startCpu(cpu: u32): i32 {
  if (releaseOf(cpu)) return release(cpu, releaseOf(cpu))
  if (!hasPsci) return NOT_SUPPORTED
  return <i32>hw.smc(CPU_ON_64, mpidrOf(cpu), imagePaAt(hw.secondary_offset()), <u64>cpu)
}

/**
 * Linux, Documentation/arch/arm64/booting.rst, "enable-method spin-table": the CPU polls the word with its caches off, so what
 * we write with ours on goes to the point of coherency before the event that wakes it. The firmware's page is mapped meanwhile.
 */
function release(cpu: u32, word: u64): i32 {
  const page = word & ~(<u64>(PAGE_SIZE - 1))
  if (!map(directVa(page), page, PAGE_SIZE, EL2_DATA)) return NOT_SUPPORTED
  hw.store64(directVa(word), imagePaAt(hw.spin_offset()) + <u64>cpu * SPIN_ENTRY)
  hw.clean(directVa(word), 8)
  hw.sev()
  unmap(directVa(page), PAGE_SIZE)
  return 0
}

/** Does not return where the board can power off. */
export function powerOff(): void {
  if (hasPsci) hw.smc(SYSTEM_OFF, 0, 0, 0)
  else if (pmPa) pm.halt()
}

/** Does not return where the board can reset itself, but for the moment that its watchdog takes. */
export function reboot(): void {
  if (hasPsci) hw.smc(SYSTEM_RESET, 0, 0, 0)
  else if (pmPa) {
    pm.reset()
    sleep()
  }
}
