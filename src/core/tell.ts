/** Whoever got frames from a port is told: a VM on its vCPU's CPU, the board's network card by its service. */
import { thisCpu } from './cpu'
import { flush } from './outside'
import { OUTSIDE, Port, portAt } from './port'
import { remind } from './request'
import { DUE_FRAMES, firstOn, Vcpu } from './vcpu'
import { vmAt } from './vm'

/** Those who got frames from `port` since the last call. */
export function tellReceivers(port: Port): void {
  for (let left = port.toTell; left; left &= left - 1) {
    const to = portAt(ctz(left))
    if (to.vm === OUTSIDE) {
      flush()
      continue
    }
    const vcpu = firstOn(vmAt(to.vm))
    if (vcpu) remind(thisCpu(), changetype<Vcpu>(vcpu), DUE_FRAMES)
  }
  port.toTell = 0
}
