/** Says that it runs, and powers its VM off as soon as a byte is typed to it. DDI 0183, "Programmer's model". */
import { UART_IPA } from '../../../src/abi/guest-machine'
import { print } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { read32 } from '../../../src/guest/hw'
import { systemOff } from '../../../src/guest/psci'

export { onSync } from '../../../src/guest/entry'

const FLAGS: u64 = UART_IPA + 0x18
const RECEIVE_EMPTY: u32 = 1 << 4

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  print('runs until a key\n')
  while (read32(FLAGS) & RECEIVE_EMPTY) {}
  systemOff()
}

export function onIrq(_count: u64): void {}
