/** Memories that VMs share, in the bundle's tree: src/core/shared-memory.ts. */
import type { SharedMemory } from '../config/shared-memory.ts'
import { cells } from './dts.ts'
import type { Guest } from './guest.ts'

interface Sharing {
  shared: readonly SharedMemory[]
  guests: readonly { guest: Guest }[]
}

/** Only for a system that has any. */
export function sharedNode({ shared, guests }: Sharing): string {
  if (shared.length === 0) return ''
  const nodes = shared.map(({ name, vms, address, writable, output }) => {
    const peers = vms.map((vm) => guests.find(({ guest }) => guest.vm.name === vm)!.guest.vm.index)
    return `			${name} {
				peers = <${peers.join(' ')}>;
				address = <${cells(address)}>;
				sizes = <${cells(writable)} ${cells(output)}>;
			};
`
  })
  return `\n		shared {\n${nodes.join('')}		};`
}
