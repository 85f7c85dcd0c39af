/** What an operator wants a VM to keep of its RAM, by way of host: checked here. Under host.lock. */
import { PAGE_SHIFT, PAGE_SIZE } from '../abi/layout'
import { CONTROL_DONE, CONTROL_LACKS_BALLOON, CONTROL_UNKNOWN, CONTROL_UNKNOWN_VM } from '../abi/life'
import { remindOfFrames } from './request'
import { Vm, vmAt, vmCount } from './vm'

/** CONTROL_*. The VM's driver hears of it at once, or when it comes up; the wish outlasts the VM's restarts. */
export function balloon(index: u32, bytes: u64): u32 {
  if (index >= vmCount) return CONTROL_UNKNOWN_VM
  const vm = vmAt(index)
  if (!vm.tablesPa) return CONTROL_LACKS_BALLOON
  if (bytes > vm.ramSize || bytes & (PAGE_SIZE - 1)) return CONTROL_UNKNOWN
  const wish = <u32>((vm.ramSize - bytes) >> PAGE_SHIFT) + 1
  atomic.store<u32>(changetype<usize>(vm), wish, offsetof<Vm>('balloonWish'))
  remindOfFrames(index)
  return CONTROL_DONE
}
