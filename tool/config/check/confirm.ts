/** A trial is about critical VMs that boot starts, on a board whose card holds two systems. */
import type { Problem } from '../../ui/failure.ts'
import type { Draft, Machine, Vm } from '../system.ts'

export function checkConfirm(confirm: Draft['confirm'], vms: readonly Vm[], machine?: Machine): Problem[] {
  if (!confirm) return []
  const found: Problem[] = []
  if (machine && !machine.board.sd) {
    const reason = `${machine.board.name} boots no card with two systems`
    found.push({ path: 'confirm', reason, remedy: 'leave it out, or take rpi4' })
  }
  const critical = vms.filter(({ life }) => life.critical)
  if (critical.length === 0) {
    const remedy = 'mark a VM: critical: true'
    found.push({ path: 'confirm', reason: 'it waits for critical VMs, and there is none', remedy })
  }
  for (const { index, name } of critical.filter(({ life }) => !life.autostart)) {
    const remedy = 'drop its autostart: false, or its critical: true'
    found.push({
      path: `vms[${index}].autostart`,
      reason: `confirm waits for '${name}', which boot does not start`,
      remedy,
    })
  }
  return found
}
