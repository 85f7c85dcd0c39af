/** The VMs' ports for networks and sockets, as the bundle has them, and when their VMs end. */
import { PORT_AT, PORT_SHIFT } from '../abi/layout'
import { PORT_SOCKET } from '../abi/port'
import { vmPair } from './bundle'
import { NO_MEMORY } from './pages'
import { claimPort, markFramePort, Port, portAt, portCount } from './port'
import { mapPairs, shut } from './socket'
import { mapFresh } from './stage1'
import { Vm } from './vm'

/** One for each of the VM's network and socket devices. What is wrong, or '' if nothing is. Boot only. */
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
    if (!port.isSocket) markFramePort(index)
    else if (!mapPairs(port)) return NO_MEMORY
  }
  return ''
}

/** Of each device in `ports`: place, MAC address, and MTU and offload in one, as two-cell numbers; of a socket place, CID, and
 * whom it is joined with (doc/bundle.md). */
function read(port: Port, vm: u32, i: u32): void {
  const at = i * 3
  const rest = vmPair(vm, 'ports', at + 2)
  port.place = vmPair(vm, 'ports', at)
  port.mac = vmPair(vm, 'ports', at + 1)
  if (<u32>port.place & PORT_SOCKET) {
    port.isSocket = 1
    port.peers = <u32>rest
    return
  }
  port.mtu = <u32>(rest >> 32) & 0xffff
  port.offload = <u32>rest
}

/** When the VM has ended: its RAM is about to be another life's. */
export function closePorts(vm: Vm): void {
  for (let i: u32 = 0; i < vm.portCount; i++) shut(portAt(vm.firstPort + i))
}
