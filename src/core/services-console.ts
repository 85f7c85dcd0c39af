/** What core knows of the terminal at the current VM's console, and the way to its control line, if it has one. */
import { EXTENSION_CONTROL } from '../abi/extension'
import { thisCpu } from './cpu'
import { hasExtension } from './extension'
import * as guestLine from './guest-line'
import { Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

function vm(): Vm {
  return vmAt(changetype<Vcpu>(thisCpu().vcpu).vm)
}

/** Columns, and rows from bit 16 on; 0: nobody said. */
export function terminalSize(): u32 {
  return atomic.load<u32>(changetype<usize>(vm()), offsetof<Vm>('consoleSize'))
}

/** Which of its ports has the keyboard. */
export function terminalPort(): u32 {
  return atomic.load<u32>(changetype<usize>(vm()), offsetof<Vm>('consolePort'))
}

export function controlReset(): void {
  if (hasExtension(EXTENSION_CONTROL)) guestLine.reset()
}

/** Up to eight bytes, the first in bits 7:0; those of a VM without `control` are nobody's. */
export function controlWrite(bytes: u64, count: u32): void {
  if (hasExtension(EXTENSION_CONTROL)) guestLine.write(bytes, count)
}

export function controlRead(): u64 {
  return hasExtension(EXTENSION_CONTROL) ? guestLine.read() : 0
}
