/** The VMs' ports at the switch, as the bundle has them. Boot only. */
import { PORT_AT, PORT_SHIFT } from '../abi/layout'
import { vmPair } from './bundle-tree'
import { NO_MEMORY } from './pages'
import { claimPort, Port, portAt, portCount } from './port'
import { mapFresh } from './stage1'
import { Vm } from './vm'

/** One for each of the VM's network devices. What is wrong, or '' if nothing is. */
export function createPorts(vm: Vm): string {
  vm.firstPort = portCount
  for (let i: u32 = 0; i < vm.portCount; i++) {
    const index = claimPort()
    if (index < 0) return 'the bundle has too many network devices'
    if (!mapFresh(PORT_AT + ((<u64>index) << PORT_SHIFT), 1 << PORT_SHIFT)) return NO_MEMORY
    const port = portAt(index)
    port.index = index
    port.vm = vm.index
    read(port, vm.index, i)
  }
  return ''
}

/** Of each device in `ports`: place at the switch, MAC address, and MTU and offload in one, as two-cell numbers (doc/bundle.md). */
function read(port: Port, vm: u32, i: u32): void {
  const at = i * 3
  port.place = vmPair(vm, 'ports', at)
  port.mac = vmPair(vm, 'ports', at + 1)
  const rest = vmPair(vm, 'ports', at + 2)
  port.mtu = <u32>(rest >> 32) & 0xffff
  port.offload = <u32>rest
}
