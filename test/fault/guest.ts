/** Asks its hypervisor's test build for the fault that its command line names, and says how far it came. */
import { print, putByte } from '../../src/guest/console'
import { mentions } from '../../src/guest/dtb'
import { initGuest } from '../../src/guest/entry'
import { hvc } from '../../src/guest/hw'
import { systemOff } from '../../src/guest/psci'
import { BREAK, CoreFault, Fault, HostFault } from './fault'

export { onSync } from '../../src/guest/entry'

/** It enables none. */
export function onIrq(_count: u64): void {}

const NOT_SUPPORTED: u64 = u64.MAX_VALUE

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  print('asks for it\n')
  const fault = wanted(dtb)
  if (fault >= <u64>HostFault.Trap) for (let i = mentions(dtb, 'host-again') ? 100 : 1; i > 0; i--) putByte(<u32>fault)
  const answer = hvc(BREAK, fault, 0, 0)
  print(answer == NOT_SUPPORTED ? 'nobody answered\n' : 'came back\n')
  systemOff()
}

function wanted(dtb: u64): u64 {
  if (mentions(dtb, 'write-behind')) return Fault.WriteBehind
  if (mentions(dtb, 'write-guard')) return Fault.WriteGuard
  if (mentions(dtb, 'write-null')) return Fault.WriteNull
  if (mentions(dtb, 'fill-behind')) return Fault.FillBehind
  if (mentions(dtb, 'divide')) return Fault.Divide
  if (mentions(dtb, 'overflow')) return Fault.Overflow
  if (mentions(dtb, 'unreachable')) return Fault.Unreachable
  if (mentions(dtb, 'loop')) return Fault.Loop
  if (mentions(dtb, 'assert')) return Fault.Assert
  if (mentions(dtb, 'lie')) return Fault.Lie
  if (mentions(dtb, 'core-trap')) return CoreFault.Trap
  if (mentions(dtb, 'core-null')) return CoreFault.WriteNull
  if (mentions(dtb, 'core-far')) return CoreFault.WriteFar
  if (mentions(dtb, 'host-trap') || mentions(dtb, 'host-again')) return HostFault.Trap
  if (mentions(dtb, 'host-far')) return HostFault.WriteBehind
  if (mentions(dtb, 'host-spin')) return HostFault.Loop
  if (mentions(dtb, 'host-dead')) return HostFault.ForGood
  return 0
}
