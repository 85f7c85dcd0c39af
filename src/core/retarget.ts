/** What an operator tells a VM's devices, by way of host: how much of its RAM it is to keep, how large the terminal at its console
 * is. Under host.lock. */
import { PAGE_SHIFT, PAGE_SIZE } from '../abi/layout'
import { CONTROL_DONE, CONTROL_LACKS_BALLOON, CONTROL_UNKNOWN, CONTROL_UNKNOWN_VM } from '../abi/life'
import { remindOfFrames } from './request'
import { Vm, vmAt, vmCount } from './vm'

/** Virtio 1.2, "Console Device": le16. */
const SIZE_MOST: u32 = 0xffff

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

/** CONTROL_*. `columns` and `rows` of a terminal; 0: it is gone. */
export function consoleSize(index: u32, columns: u32, rows: u32): u32 {
  if (index >= vmCount) return CONTROL_UNKNOWN_VM
  if (columns > SIZE_MOST || rows > SIZE_MOST) return CONTROL_UNKNOWN
  atomic.store<u32>(changetype<usize>(vmAt(index)), columns | (rows << 16), offsetof<Vm>('consoleSize'))
  remindOfFrames(index)
  return CONTROL_DONE
}
