/** Systems whose hypervisor is the test build, with a VM that asks for one fault beside the neighbour. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModuleName } from '../../../tool/compile/model.ts'
import type { VmConfig } from '../../../tool/config/define.ts'
import { ROOT } from '../../../tool/config/project.ts'
import { NEIGHBOUR } from './neighbour.ts'
import { type Packed, packed } from './system.ts'

/** The VM 'broken': test/fault/guest.ts, which finds the fault's name on its command line. */
export function broken(fault: string, life: Partial<VmConfig> = { onCrash: 'stop' }): VmConfig {
  const kernel = { source: 'assemblyscript' as const, entry: join(ROOT, 'test/fault/guest.ts') }
  return { name: 'broken', memory: '16M', kernel, bootargs: fault, ...life }
}

export function faulty(module: ModuleName, fault: string, life?: Partial<VmConfig>): Promise<Packed> {
  const name = `${module}-${fault}${life ? '-restart' : ''}`
  return packed({ name, vms: [NEIGHBOUR, broken(fault, life)], isFaulty: true })
}

/** `FILE:LINE` of the one line of the module's entry file that names the fault behind its code. */
export function placeOf(module: ModuleName, fault: string): string {
  const file = `test/fault/${module}.ts`
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n')
  return `${file}:${lines.findIndex((line) => line.endsWith(`// ${fault}`)) + 1}`
}
