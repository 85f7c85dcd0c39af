/** The control line of the VM that holds `control`: its bytes go to host and come from there. Whose they are is known here alone. */
import { VIRTIO_CONTROL } from '../arch/virtio'
import { thisCpu } from './cpu'
import * as host from './host'
import * as hostLife from './host-life'
import { isNewlyHeld, tellKeeper } from './keeper'
import { lockHost, unlockHost } from './log'
import { Vcpu } from './vcpu'
import { hasSlot, vmAt } from './vm'

const NOBODY: u32 = u32.MAX_VALUE
const COUNT_SHIFT: u64 = 56
const FETCHED_MOST: u64 = 7

/** host.lock: the first VM with such a device that speaks; the tool makes no bundle with two. */
let holder: u32 = NOBODY

/** Takes host.lock; false, and gives it back: the VM has no such line, or the console is gone. */
function enter(): bool {
  const vm = changetype<Vcpu>(thisCpu().vcpu).vm
  lockHost()
  if (holder === NOBODY && hasSlot(vmAt(vm), VIRTIO_CONTROL)) holder = vm
  if (holder === vm && hostLife.isUp()) return true
  unlockHost()
  return false
}

/** What it did may concern the UART, and other VMs. */
function leave(): void {
  const isHeld = isNewlyHeld()
  unlockHost()
  if (isHeld) tellKeeper(thisCpu())
}

/** The VM's driver begins anew. */
export function reset(): void {
  if (!enter()) return
  host.lineReset(holder)
  leave()
}

/** Up to eight bytes, the first in bits 7:0. */
export function write(bytes: u64, count: u32): void {
  if (!enter()) return
  host.lineWrite(bytes, min<u32>(count, 8))
  leave()
}

/** Up to seven bytes, the first in bits 7:0, and in bits 63:56 how many. */
export function read(): u64 {
  if (!enter()) return 0
  const answer = host.lineRead()
  leave()
  return answer >> COUNT_SHIFT > FETCHED_MOST ? 0 : answer // it failed
}
