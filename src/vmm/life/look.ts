/** What of a VM's life is due: its watchdog's zero, its heart-beat. */

import * as sign from './sign'
import * as watchdog from './watchdog'

/** Whenever a vCPU of the VM is told something, and when the count comes that one of the two asked for. */
export function look(vcpu: u32): void {
  watchdog.look(vcpu)
  sign.lookAtHeart()
}
