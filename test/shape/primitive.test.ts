/** The doors to the machine: what AssemblyScript declares is what the C headers define, name by name. */
import { expect, test } from 'vitest'
import { primitivesOf } from '../../tool/compile/join.ts'
import type { UnitName } from '../../tool/compile/model.ts'
import { ROOT, sources } from './tree.ts'

const DOORS: [UnitName, string][] = [
  ['core', 'src/hw.ts'],
  ['vmm', 'src/vmm/ram.ts'],
  ['host', 'src/host/hw.ts'],
  ['storage', 'src/drive/hw.ts'],
  ['uplink', 'src/drive/hw.ts'],
  ['guest', 'src/guest/hw.ts'],
]

test.each(DOORS)('the primitives of %s: %s declares what its header defines', async (name, declarations) => {
  const text = sources(/^src\//).find(({ path }) => path === declarations)?.text ?? ''
  const declared = [...text.matchAll(/^export declare function (\w+)/gm)].map(([, primitive]) => primitive!)
  expect(declared.length).toBeGreaterThan(0)
  expect(declared.sort()).toEqual([...(await primitivesOf(ROOT, name)).keys()].sort())
})
