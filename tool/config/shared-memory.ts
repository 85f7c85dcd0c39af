/** Memories that VMs share: which VMs, how large, and where they find it. */
import { SHARED_IPA } from '../../src/abi/guest-machine.ts'
import { BLOCK_SIZE, PAGE_SIZE } from '../../src/abi/layout.ts'
import { alignUp } from '../ui/number.ts'
import { parseSize } from './size.ts'

export interface SharedMemoryConfig {
  /** Names of the VMs that have it; a VM's place in this list is its ID there. */
  vms: string[]
  /** The section that all of them write: `'64K'`; by default none. */
  size?: string | number | undefined
  /** For each VM a section of this size that it alone writes and the others read; by default none. */
  output?: string | number | undefined
}

export interface SharedMemory {
  name: string
  vms: string[]
  /** Bytes. */
  writable: number
  output: number
  /** Guest-physical, the same for all of its VMs. */
  address: number
}

/** In the order of the config, each at the next 2 MiB. */
export function sharedMemoriesOf(config: Record<string, SharedMemoryConfig> = {}): SharedMemory[] {
  let address = SHARED_IPA
  return Object.entries(config).map(([name, { vms, size = 0, output = 0 }]) => {
    const memory = { name, vms, writable: parseSize(size) ?? 0, output: parseSize(output) ?? 0, address }
    address = alignUp(address + sharedSize(memory), BLOCK_SIZE)
    return memory
  })
}

/** Bytes of all of its sections, the table of states first. */
export function sharedSize({ vms, writable, output }: Pick<SharedMemory, 'vms' | 'writable' | 'output'>): number {
  return PAGE_SIZE + writable + vms.length * output
}

/** Those that a VM has, in the order of its register pages. */
export function sharedBy(memories: readonly SharedMemory[], vm: string): SharedMemory[] {
  return memories.filter(({ vms }) => vms.includes(vm))
}
