/** A board's own DTB with properties changed. */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../tool/config/project.ts'
import { runTool } from '../../../tool/image/run-tool.ts'
import type { Packed } from './system.ts'

const FOLDER = join(ROOT, 'build/test/boot')

/** Each change: node, property, value; `fdtput -t` type, `s` for text and `x` for hexadecimal cells. */
export type Change = [node: string, property: string, type: 's' | 'x', ...value: string[]]

export async function withTree(system: Packed, name: string, changes: readonly Change[]): Promise<Packed> {
  mkdirSync(FOLDER, { recursive: true })
  const dtb = join(FOLDER, `${name}.dtb`)
  copyFileSync(system.dtb!, dtb)
  for (const [node, property, type, ...value] of changes)
    await runTool('fdtput', ['-t', type, dtb, node, property, ...value])
  return { ...system, dtb }
}
