/** CPUs in a spin table: they look at their words past the caches, when an event wakes them. */
import type { Machine } from './machine.ts'
import { IMAGE } from './mmu.ts'

/** SEV: every CPU whose word was written and cleaned goes where it says. */
export function wakeSpinners(machine: Machine): void {
  for (const { index, isOnline } of machine.cpus) {
    const word = machine.spin! + 8 * index
    if (isOnline || !machine.cleaned.has(word)) continue
    const entry = Number(machine.physical.read64(word))
    if (entry !== machine.imagePa + IMAGE.spin + 8 * index)
      throw new Error(`CPU ${index} is sent to ${entry.toString(16)}`)
    machine.startCpu(index)
  }
}
