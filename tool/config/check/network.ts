/** Devices join networks that exist, each with an address of its own, and there is room for so many at the switch; one network has the
 * board's network card. */
import { MAX_PORTS } from '../../../src/abi/layout.ts'
import { UPLINK_MTU } from '../../../src/abi/uplink.ts'
import type { Problem } from '../../ui/failure.ts'
import { suggestion } from '../../ui/suggest.ts'
import { isNet, type NetDevice, socketOf } from '../device.ts'
import type { Network } from '../network.ts'
import type { Machine, Vm } from '../system.ts'

interface Joined {
  path: string
  device: NetDevice
}

export function checkNetworks(
  vms: readonly Vm[],
  networks: readonly Network[],
  machine: Machine | undefined,
): Problem[] {
  const joined = vms.flatMap((vm) =>
    vm.virtio.flatMap((device, slot): Joined[] =>
      isNet(device) ? [{ path: `vms[${vm.index}].devices[${vm.places[slot]}]`, device }] : [],
    ),
  )
  const uplinks = networks.filter(({ uplink }) => uplink)
  return [
    ...unknown(joined, networks),
    ...twice(joined),
    ...tooMany(vms, uplinks.length),
    ...(machine ? uplinks.flatMap((network, i) => checkUplink(network, uplinks[i - 1], machine)) : []),
  ]
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

/** Beside those that are there for ever, room for one VM of each template: how many there may be at once is the board's to tell. */
function tooMany(vms: readonly Vm[], uplinks: number): Problem[] {
  const most = MAX_PORTS - uplinks
  const [made, templates] = [false, true].map((template) => vms.filter(({ life }) => life.template === template))
  const count = made!.reduce((sum, vm) => sum + portsOf(vm), 0) + Math.max(0, ...templates!.map(portsOf))
  if (count <= most) return []
  const reason = `${count} network and socket devices are too many for a system${uplinks ? ' with an uplink' : ''}`
  return [{ path: 'vms', reason, remedy: `have at most ${most}` }]
}

function portsOf(vm: Vm): number {
  return vm.virtio.filter(isNet).length + (socketOf(vm) ? 1 : 0)
}

/** The board has the card, nobody else does, and it can take what the network carries. */
function checkUplink(network: Network, other: Network | undefined, { board }: Machine): Problem[] {
  const path = `networks.${network.name}`
  const { nic } = network.uplink!
  const names = Object.keys(board.nics ?? {})
  const found: Problem[] = []
  if (!names.includes(nic)) {
    const remedy = names.length ? suggestion(nic, names) : 'leave it out, or pass a device through to one VM'
    found.push({ path: `${path}.uplink`, reason: `${board.name} has no network card '${nic}' that is driven`, remedy })
  }
  if (other) {
    const reason = `'${other.name}' has an uplink already`
    found.push({
      path: `${path}.uplink`,
      reason,
      remedy: 'join both in one network, with VLANs where they are to be apart',
    })
  }
  if (network.offload) {
    const reason = 'a network card wants finished frames'
    found.push({ path: `${path}.offload`, reason, remedy: 'leave it out, or have a network of its own for offloads' })
  }
  if (network.mtu > UPLINK_MTU) {
    const reason = `${network.mtu} bytes are more than its network card takes`
    found.push({ path: `${path}.mtu`, reason, remedy: `write at most ${UPLINK_MTU}` })
  }
  return found
}
