/** However an operator's requests, the guest and its CPUs meet, a VM gets where its state says. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import {
  CONTROL_DONE,
  CONTROL_PAUSE,
  CONTROL_RESTART,
  CONTROL_RESUME,
  CONTROL_START,
  CONTROL_STOP,
} from '../../src/abi/life.ts'
import { ask, CRASHED, PAUSED, RUNNING, STOPPED, state, stop } from '../fake/asking.ts'
import { trap } from '../fake/compartment.ts'
import { board, control, ENTRY, request } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'

/** Everything that may meet: what an operator asks, what the guest does on each CPU, a CPU that looks. */
const STEPS = ['pause', 'resume', 'stop', 'start', 'restart', 'on', 'off', 'crash', 'reset', 'look0', 'look2'] as const

test('however requests, the guest and its CPUs meet, the VM gets where its state says and nobody is left behind', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...STEPS), { maxLength: 24 }), (steps) => {
      const machine = board()
      for (const step of steps) take(machine, step)
      machine.pump()
      const [first, second] = [0, 2].map((cpu) => machine.vcpuOn(cpu))
      const is = state(machine, 0)
      expect([RUNNING, PAUSED, STOPPED, CRASHED]).toContain(is)
      expect(Boolean(first || second)).toBe(is === RUNNING)
      expect(state(machine, 1)).toBe(RUNNING)
      // From wherever it is, it can be had to run, to pause, to go on and to stop.
      if (is !== RUNNING) expect(control(machine, is === PAUSED ? CONTROL_RESUME : CONTROL_START)).toBe(CONTROL_DONE)
      expect(state(machine, 0)).toBe(RUNNING)
      expect(control(machine, CONTROL_PAUSE)).toBe(CONTROL_DONE)
      expect([state(machine, 0), machine.vcpuOn(0), machine.vcpuOn(2)]).toEqual([PAUSED, undefined, undefined])
      expect(control(machine, CONTROL_RESUME)).toBe(CONTROL_DONE)
      expect(control(machine, CONTROL_STOP)).toBe(CONTROL_DONE)
      expect([state(machine, 0), machine.vcpuOn(0), machine.vcpuOn(2)]).toEqual([STOPPED, undefined, undefined])
    }),
    { numRuns: 50 },
  )
})

/** One step; the CPUs that it asks have not looked yet, unless the step is that. */
function take(machine: Machine, step: (typeof STEPS)[number]): void {
  const asked = { pause: CONTROL_PAUSE, resume: CONTROL_RESUME, stop: CONTROL_STOP, start: CONTROL_START }
  if (step === 'restart') request(machine, CONTROL_RESTART)
  else if (step in asked) request(machine, asked[step as keyof typeof asked])
  else if (step.startsWith('look')) machine.interrupt(Number(step.slice(4)))
  else {
    const cpu = machine.vcpuOn(0) ? 0 : 2
    if (!machine.vcpuOn(cpu)) return
    const other = cpu ? 0 : 1
    if (step === 'on') ask(machine, ({ core }) => void core.vcpuOn!(other, ENTRY, 7n), cpu)
    else if (step === 'off') ask(machine, ({ core }) => void core.vcpuOff!(), cpu)
    else ask(machine, step === 'crash' ? trap(TRAP_UNREACHABLE) : stop(1), cpu)
  }
}
