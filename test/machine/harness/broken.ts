/** Systems whose hypervisor is a test build, with a VM that asks for one fault beside the neighbour. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VmConfig } from '../../../tool/config/define.ts'
import { ROOT } from '../../../tool/config/project.ts'
import { NEIGHBOUR } from './neighbour.ts'
import { type Packed, packed } from './system.ts'

export type BrokenModule = 'core' | 'vmm' | 'host' | 'net' | 'storage' | 'uplink'

/** The VM 'broken': test/fault/guest.ts, which finds the fault's name on its command line. */
export function broken(fault: string, life: Partial<VmConfig> = { onCrash: 'stop' }): VmConfig {
  const kernel = { source: 'assemblyscript' as const, entry: join(ROOT, 'test/fault/guest.ts') }
  return { name: 'broken', memory: '16M', kernel, bootargs: fault, ...life }
}

export function faulty(module: BrokenModule, fault: string, life?: Partial<VmConfig>): Promise<Packed> {
  const name = `${module}-${fault}${life ? '-restart' : ''}`
  return packed({ name, vms: [NEIGHBOUR, broken(fault, life)], entries: { [module]: entryOf(module) } })
}

function entryOf(module: BrokenModule): string {
  return `test/fault/${module}.ts`
}

/** `FILE:LINE` of the one line of the module's entry file that names the fault behind its code. */
export function placeOf(module: BrokenModule, fault: string): string {
  const lines = readFileSync(join(ROOT, entryOf(module)), 'utf8').split('\n')
  return `${entryOf(module)}:${lines.findIndex((line) => line.endsWith(`// ${fault}`)) + 1}`
}
