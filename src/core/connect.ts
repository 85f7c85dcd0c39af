/** The VMs' ports for networks and sockets, as the bundle has them, and when their VMs end. */
import {
  CONTROL_ADDRESS_TAKEN,
  CONTROL_BAD_TEMPLATE,
  CONTROL_DONE,
  CONTROL_NO_MEMORY,
  CONTROL_NO_ROOM,
} from '../abi/life'
import { PORT_NAMED, PORT_SOCKET } from '../abi/port'
import { vmPair } from './bundle'
import { isTaken, macOfName } from './mac'
import { NO_MEMORY } from './pages'
import { Port, portAt } from './port'
import { beginPort, claimPorts, keepPorts, releasePorts } from './port-number'
import { mapPairs, shut } from './socket'
import { markMember } from './switch'
import { tellReceivers } from './tell'
import { Vm } from './vm'

/** One for each network and socket device of a VM of the config. What is wrong, or '' if nothing is. Boot only. */
export function createPorts(vm: Vm): string {
  const first = keepPorts(vm.portCount)
  if (first < 0) return 'the bundle has too many network devices'
  vm.firstPort = first
  for (let i: u32 = 0; i < vm.portCount; i++) {
    const at = beginPort(first + i, vm.index)
    if (!at) return NO_MEMORY
    const port = changetype<Port>(at)
    read(port, vm, i)
    if (!port.isSocket) markMember(port.index)
    else if (!mapPairs(port)) return NO_MEMORY
  }
  return ''
}

/** The same for a VM of run time, whose name stands. The switch hears of them when its driver is up. CONTROL_*; unless that is
 * CONTROL_DONE the VM has none. */
export function providePorts(vm: Vm): u32 {
  const first = claimPorts(vm.portCount)
  if (first >= 0) {
    vm.firstPort = first
    const code = fillPorts(vm)
    if (!code) return CONTROL_DONE
    releasePorts(first, vm.portCount)
    vm.portCount = 0
    return code
  }
  vm.portCount = 0
  return CONTROL_NO_ROOM
}

function fillPorts(vm: Vm): u32 {
  for (let i: u32 = 0; i < vm.portCount; i++) if (!beginPort(vm.firstPort + i, vm.index)) return CONTROL_NO_MEMORY
  for (let i: u32 = 0; i < vm.portCount; i++) {
    const port = portAt(vm.firstPort + i)
    read(port, vm, i)
    if (<u32>port.place & PORT_NAMED) port.mac = macOfName(port, vm, <u32>port.mac)
    if (port.isSocket || !port.mac) return CONTROL_BAD_TEMPLATE
    if (isTaken(port)) return CONTROL_ADDRESS_TAKEN
  }
  return CONTROL_DONE
}

/** Of each device in `ports`: place, MAC address, and MTU and offload in one, as two-cell numbers; of a socket place, CID, and
 * whom it is joined with (doc/bundle.md). */
function read(port: Port, vm: Vm, i: u32): void {
  const at = i * 3
  const rest = vmPair(vm.index, 'ports', at + 2)
  port.place = vmPair(vm.index, 'ports', at)
  port.mac = vmPair(vm.index, 'ports', at + 1)
  if (<u32>port.place & PORT_SOCKET) {
    port.isSocket = 1
    port.peers = <u32>rest
    return
  }
  port.mtu = <u32>(rest >> 32) & 0xffff
  port.offload = <u32>rest
}

/** When the VM has ended: its RAM is about to be another life's. Whoever got something from it still hears of that. */
export function closePorts(vm: Vm): void {
  for (let i: u32 = 0; i < vm.portCount; i++) {
    shut(portAt(vm.firstPort + i))
    tellReceivers(portAt(vm.firstPort + i))
  }
}
