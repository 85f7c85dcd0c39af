/** Events in words. */
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
  debug: 'its debugger halted it, or a breakpoint',
}

export function stateText({ state, cause }: StateEvent): string {
  return `${state}: ${CAUSES[cause]}`
}

export function reportText(report: Report): string {
  if (report.kind === 'state') return report.state
  const what = { 'no-vectors': 'no vectors', 'system-error': 'system error', 'device-models': 'device models failed' }
  const exit = report.exit ? `; last exit: ${report.exit}` : ''
  return `fault on vCPU ${report.vcpu}: ${what[report.kind]}, pc ${report.pc}${exit}`
}
