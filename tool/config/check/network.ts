/** Devices join networks that exist, each with an address of its own, and there is room for so many at the switch. */
import { MAX_PORTS } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import { suggestion } from '../../ui/suggest.ts'
import { isNet, type NetDevice, socketOf } from '../device.ts'
import type { Network } from '../network.ts'
import type { Vm } from '../system.ts'

interface Joined {
  path: string
  device: NetDevice
}

export function checkNetworks(vms: readonly Vm[], networks: readonly Network[]): Problem[] {
  const joined = vms.flatMap((vm) =>
    vm.virtio.flatMap((device, slot): Joined[] =>
      isNet(device) ? [{ path: `vms[${vm.index}].devices[${vm.places[slot]}]`, device }] : [],
    ),
  )
  return [...unknown(joined, networks), ...twice(joined), ...tooMany(joined.length + vms.filter(socketOf).length)]
}

function unknown(joined: readonly Joined[], networks: readonly Network[]): Problem[] {
  const names = networks.map(({ name }) => name)
  return joined.flatMap(({ path, device: { network } }) => {
    if (names.includes(network)) return []
    const remedy = names.length
      ? suggestion(network, names)
      : `give the system networks: { ${/^[a-z]\w*$/.test(network) ? network : 'lan'}: {} }`
    return [{ path: `${path}.network`, reason: `the system has no network '${network}'`, remedy }]
  })
}

function twice(joined: readonly Joined[]): Problem[] {
  const first = new Map<string, string>()
  return joined.flatMap(({ path, device: { network, mac = '' } }) => {
    const key = `${network} ${mac.toLowerCase()}`
    const other = first.get(key)
    first.set(key, other ?? path)
    if (other === undefined) return []
    const reason = `'${mac}' is the address of ${other} in this network already`
    return [{ path: `${path}.mac`, reason, remedy: 'give it another, or leave it out: then the tool chooses one' }]
  })
}

function tooMany(count: number): Problem[] {
  if (count <= MAX_PORTS) return []
  const reason = `${count} network and socket devices are too many for a system`
  return [{ path: 'vms', reason, remedy: `have at most ${MAX_PORTS}` }]
}
