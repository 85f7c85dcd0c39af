/** Sockets: joined are VMs that list each other, each with an address of its own. */
import type { Problem } from '../../ui/failure.ts'
import { suggestion } from '../../ui/suggest.ts'
import { type SocketDevice, socketOf } from '../device.ts'
import type { Vm } from '../system.ts'

interface Joined {
  vm: Vm
  path: string
  device: SocketDevice
}

export function checkSockets(vms: readonly Vm[]): Problem[] {
  const joined = vms.flatMap((vm): Joined[] => {
    const device = socketOf(vm)
    const slot = vm.virtio.indexOf(device!)
    return device ? [{ vm, path: `vms[${vm.index}].devices[${vm.places[slot]}]`, device }] : []
  })
  return [...joined.flatMap((each) => strangers(each, vms)), ...twice(joined)]
}

function strangers({ vm, path, device }: Joined, vms: readonly Vm[]): Problem[] {
  return device.peers.flatMap((name, i): Problem[] => {
    const at = `${path}.peers[${i}]`
    if (name === vm.name) return [{ path: at, reason: 'the VM itself is no neighbour', remedy: 'name another VM' }]
    const peer = vms.find((other) => other.name === name)
    if (!peer) {
      const remedy = suggestion(
        name,
        vms.map((other) => other.name).filter((other) => other !== vm.name),
      )
      return [{ path: at, reason: `there is no VM '${name}'`, remedy }]
    }
    const socket = socketOf(peer)
    if (socket?.peers.includes(vm.name)) return []
    const reason = `'${name}' ${socket ? `does not list '${vm.name}'` : 'has no socket device'}`
    const remedy = socket ? `add '${vm.name}' to its peers` : `give it virtio.socket({ peers: ['${vm.name}'] })`
    return [{ path: at, reason, remedy }]
  })
}

function twice(joined: readonly Joined[]): Problem[] {
  const first = new Map<number, string>()
  return joined.flatMap(({ path, device: { cid } }): Problem[] => {
    const other = first.get(cid!)
    first.set(cid!, other ?? path)
    if (other === undefined) return []
    const reason = `${cid} is the address of ${other} already`
    return [{ path: `${path}.cid`, reason, remedy: 'give it another, or leave it out: then the tool chooses one' }]
  })
}
