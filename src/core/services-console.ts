/** What core knows of the terminal at the current VM's console. */
import { thisCpu } from './cpu'
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
