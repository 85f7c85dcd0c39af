/** What boot says of the board: devices that VMs have to themselves, a system on trial. While the bundle's tree is mapped. */
import * as bundle from './bundle-device'
import * as log from './log'
import * as trial from './trial'
import { NAME_SIZE, nameOf, vmAt, vmCount } from './vm'

export function reportBoard(): void {
  trial.open()
  for (let i: u32 = 0; i < vmCount; i++) {
    for (let node = bundle.firstDevice(i); node; node = bundle.nextDevice(node)) reportDevice(i, node)
  }
}

function reportDevice(vm: u32, node: usize): void {
  log.begin()
  log.text("VM '")
  log.bytes(nameOf(vmAt(vm)), NAME_SIZE)
  log.text("' has the board's ")
  log.bytes(bundle.nameAt(node), bundle.nameSize(node))
  log.text(' at ')
  log.hex(bundle.pageAddress(node, 0))
  if (bundle.isMaster(node)) log.text(', trusted with all memory (DMA)')
  log.end()
}
