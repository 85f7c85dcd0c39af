/** A config imports 'bulkhead' wherever it lies: nothing has to be installed beside it, whatever its package is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { run } from '../../tool/compile/process.ts'
import { ROOT } from '../../tool/config/project.ts'
import { file, image } from '../fake/kernel-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CONFIG = `import { defineSystem } from 'bulkhead'
export default defineSystem({
  board: 'qemu-virt',
  vms: [{ name: 'alpha', memory: '16M', kernel: '${file(image())}' }],
})
`

test.each([
  ['no package', undefined],
  ['an ES module package', { type: 'module' }],
  ['a CommonJS package', { type: 'commonjs' }],
])('%s', async (_, description) => {
  writeFileSync(join(folder, 'bulkhead.config.ts'), CONFIG)
  if (description) writeFileSync(join(folder, 'package.json'), JSON.stringify(description))
  const said = await run(process.execPath, [join(ROOT, 'tool/bulkhead.mjs'), 'check', folder], folder)
  expect(said).toContain('alpha')
})
