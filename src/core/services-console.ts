/** What core knows of the terminal at the current VM's console. */
import { thisCpu } from './cpu'
import { Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

/** Columns, and rows from bit 16 on; 0: nobody said. */
export function terminalSize(): u32 {
  const vm = vmAt(changetype<Vcpu>(thisCpu().vcpu).vm)
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('consoleSize'))
}
