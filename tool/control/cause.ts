/** Events in words. */
import { exitLines } from './exit.ts'
import type { Report, StateEvent } from './protocol.ts'

const CAUSES: Record<StateEvent['cause'], string> = {
  ready: 'it is ready',
  off: 'it powered itself off',
  reset: 'it reset itself',
  crash: 'it crashed',
  refused: 'an image is damaged, or a CPU did not come',
  stop: 'an operator stopped it',
  restart: 'an operator restarted it',
  start: 'an operator started it',
  pause: 'an operator paused it',
  resume: 'an operator resumed it',
  create: 'an operator had it made',
  destroy: 'an operator had it destroyed',
  debug: 'its debugger halted it, or a breakpoint',
}

export function stateText({ state, cause }: StateEvent): string {
  return `${state}: ${CAUSES[cause]}`
}

export function reportText(report: Report): string {
  if (report.kind === 'state') return report.state
  if (report.kind === 'exits') return exitLines(report.exits).join('; ')
  const what = {
    'no-vectors': 'no vectors',
    'system-error': 'system error',
    'device-models': 'device models failed',
    watchdog: 'its watchdog ran out',
    heartbeat: 'no sign of life in time',
  }
  const exit = report.exit ? `; last exit: ${report.exit}` : ''
  return `fault on vCPU ${report.vcpu}: ${what[report.kind]}, pc ${report.pc}${exit}`
}
