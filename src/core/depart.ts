/**
 * Ports of VMs of run time that are about to be nobody's. A CPU that is sending may hold such a port's number for as long as it sends;
 * so the switch forgets it first, then every CPU says that it has come by (src/core/unmake.ts), and only then is the number free.
 * test/model/depart.pml visits the states between.
 */
import { lockPort, Opening, OUTSIDE, Port, portAt, unlockPort } from './port'
import { bitsOf, portCount, releasePorts } from './port-number'
import { disown } from './port-share'
import { part } from './switch'
import { Vm, vmAt } from './vm'

/** VMs of `leaving`, a bit each, rest for good. When this returns nobody who begins to send is told of their ports. */
export function departPorts(leaving: u32): void {
  let gone: u32 = 0
  for (let left = leaving; left; left &= left - 1) {
    const vm = vmAt(ctz(left))
    if (vm.portCount) gone |= bitsOf(vm.firstPort, vm.portCount)
  }
  if (!gone) return
  part(gone)
  for (let i: u32 = 0; i < portCount; i++) if (portAt(i).vm === OUTSIDE) disownAll(portAt(i), gone)
}

/** Their frames that wait for the board's network card go out; they count for none who has a number next. */
function disownAll(outside: Port, gone: u32): void {
  lockPort(outside)
  // A service that begins anew forgets by itself.
  if (outside.opening === Opening.Outside) for (let left = gone; left; left &= left - 1) disown(ctz(left))
  unlockPort(outside)
}

/** No CPU can know of them any more. Under host.lock. */
export function freePorts(vm: Vm): void {
  releasePorts(vm.firstPort, vm.portCount)
  vm.portCount = 0
}
