/** Extensions of the hypervisor in a bundle: which a system needs, and their bytes (doc/extensions.md). */
import { readFile } from 'node:fs/promises'
import { EXTENSION_STRIDE } from '../../src/abi/layout.ts'
import { isNet, isStored, linesOf, socketOf } from '../config/device.ts'
import type { Network } from '../config/network.ts'
import type { System, Vm } from '../config/system.ts'

/** Files by extension, as the build of the hypervisor left them. */
export type ExtensionFiles = Record<string, string>

export interface Extension {
  name: string
  bytes: Uint8Array
}

/** What of a system says which. */
interface Wanting extends Pick<System, 'control'>, Partial<Pick<System, 'trace'>> {
  shared?: readonly unknown[]
  networks: readonly Pick<Network, 'name' | 'uplink'>[]
  vms: readonly Pick<Vm, 'virtio' | 'passthrough' | 'life' | 'debug' | 'kernel'>[]
}

/** Names of those that a system needs. */
export function extensionsOf({ vms, control, networks, trace, shared = [] }: Wanting): string[] {
  const uplink = usedUplink({ vms, networks }) !== undefined
  const needs: Record<string, boolean> = {
    virtio: vms.some(({ virtio }) => virtio.length > 0) || shared.length > 0,
    control,
    network: vms.some((vm) => vm.virtio.some(isNet) || socketOf(vm)),
    share: shared.length > 0,
    debug: trace === true || vms.some(({ debug }) => debug),
    board: vms.some(
      (vm) =>
        vm.passthrough.length > 0 || vm.life.critical || vm.virtio.some(isStored) || linesOf(vm).length > 0 || uplink,
    ),
    life: vms.some(({ life }) => life.watchdog || life.heartbeat || life.template || life.awaits.length > 0),
    storage: vms.some(({ virtio }) => virtio.some(isStored)),
    uplink,
    breakpoint: vms.some(({ debug, kernel }) => debug || !isOfKit(kernel)),
  }
  return Object.keys(needs).filter((name) => needs[name])
}

/** Programs of the guest kit have no debugger of their own. */
function isOfKit(kernel: Vm['kernel']): boolean {
  return 'source' in kernel && kernel.source === 'assemblyscript'
}

/** The network with an uplink, if a VM is in it. */
export function usedUplink<N extends Pick<Network, 'name' | 'uplink'>>(system: {
  vms: readonly Pick<Vm, 'virtio'>[]
  networks: readonly N[]
}): N | undefined {
  const joined = system.vms.flatMap(({ virtio }) => virtio.filter(isNet)).map(({ network }) => network)
  return system.networks.find(({ name, uplink }) => uplink && joined.includes(name))
}

/** At most what they take in a bundle. */
export function extensionSpace(vms: Wanting['vms']): number {
  // With a board's network card.
  return (extensionsOf({ vms, control: true, networks: [], trace: true, shared: [vms] }).length + 2) * EXTENSION_STRIDE
}

export async function readExtensions(system: Wanting, files: ExtensionFiles): Promise<Extension[]> {
  return Promise.all(
    extensionsOf(system).map(async (name) => {
      const file = files[name]
      if (file === undefined) throw new Error(`the hypervisor was built without its extension ${name}`)
      return { name, bytes: await readFile(file) }
    }),
  )
}
