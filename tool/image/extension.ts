/** Extensions of the hypervisor in a bundle: which a system needs, and their bytes (doc/extensions.md). */
import { readFile } from 'node:fs/promises'
import { EXTENSION_STRIDE } from '../../src/abi/layout.ts'
import type { Vm } from '../config/system.ts'

/** Files by extension, as the build of the hypervisor left them. */
export type ExtensionFiles = Record<string, string>

export interface Extension {
  name: string
  bytes: Uint8Array
}

/** What says which a VM needs. */
type Wanting = Pick<Vm, 'virtio' | 'passthrough' | 'critical'>

/** Names of those that the VMs need. */
export function extensionsOf(vms: readonly Wanting[]): string[] {
  const needs: Record<string, boolean> = {
    virtio: vms.some(({ virtio }) => virtio.length > 0),
    board: vms.some(({ passthrough, critical }) => passthrough.length > 0 || critical),
  }
  return Object.keys(needs).filter((name) => needs[name])
}

/** At most what they take in a bundle. */
export function extensionSpace(vms: readonly Wanting[]): number {
  return extensionsOf(vms).length * EXTENSION_STRIDE
}

export async function readExtensions(vms: readonly Vm[], files: ExtensionFiles): Promise<Extension[]> {
  return Promise.all(
    extensionsOf(vms).map(async (name) => {
      const file = files[name]
      if (file === undefined) throw new Error(`the hypervisor was built without its extension ${name}`)
      return { name, bytes: await readFile(file) }
    }),
  )
}
