/** Debuggers come by the control protocol. */
import type { Problem } from '../../ui/failure.ts'
import type { Vm } from '../system.ts'

export function checkDebug(vms: readonly Vm[], control: boolean): Problem[] {
  if (control) return []
  return vms.flatMap(({ index, debug }): Problem[] => {
    if (!debug) return []
    const reason = 'no debugger reaches it: the config says control: false'
    return [{ path: `vms[${index}].debug`, reason, remedy: 'remove one of the two' }]
  })
}
