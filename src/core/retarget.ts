/** What an operator tells a VM's devices, by way of host: how much of its RAM it is to keep, how large the terminal at its console
 * is, which of its console's ports has the keyboard. Under host.lock. */
import { PAGE_SHIFT, PAGE_SIZE } from '../abi/layout'
import {
  CONTROL_DONE,
  CONTROL_LACKS_BALLOON,
  CONTROL_UNKNOWN,
  CONTROL_UNKNOWN_PORT,
  CONTROL_UNKNOWN_VM,
} from '../abi/life'
import { SETTING_KEY_SHIFT, SETTING_PORT } from '../abi/setting'
import { remindOfFrames } from './request'
import { settingAt, Vm, vmAt, vmCount } from './vm'

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

/** CONTROL_*. A port by its name, NUL-padded in two words of six bytes, the first in bits 7:0; both 0: the console's own. */
export function consolePort(index: u32, low: u64, high: u64): u32 {
  if (index >= vmCount) return CONTROL_UNKNOWN_VM
  const vm = vmAt(index)
  const port = low | high ? portNamed(vm, low, high) : 0
  if (port == NO_PORT) return CONTROL_UNKNOWN_PORT
  atomic.store<u32>(changetype<usize>(vm), port, offsetof<Vm>('consolePort'))
  remindOfFrames(index)
  return CONTROL_DONE
}

const NO_PORT: u32 = u32.MAX_VALUE
const PIECE: u64 = ((<u64>1) << SETTING_KEY_SHIFT) - 1
/** Without the byte that says whether it is a console. */
const LAST: u64 = PIECE >> 8

/** From 1 on, in the order of the config: each is two settings, one after the other. */
function portNamed(vm: Vm, low: u64, high: u64): u32 {
  let port: u32 = 0
  let first: u64 = 0
  let isSecond = false
  for (let i: u32 = 0; i < vm.settingCount; i++) {
    const setting = load<u64>(settingAt(vm, i))
    if ((<u32>(setting >> SETTING_KEY_SHIFT) & 0xff) != SETTING_PORT) continue
    if (isSecond) {
      port++
      if (first == low && (setting & LAST) == high) return port
    } else first = setting & PIECE
    isSecond = !isSecond
  }
  return NO_PORT
}
