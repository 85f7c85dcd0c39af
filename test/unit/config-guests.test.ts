/** The config that doc/guests.md shows is one that the tool takes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../tool/config/load.ts'
import { ROOT } from '../../tool/config/project.ts'
import { draft } from '../../tool/config/system.ts'

test('its config has no problems', async () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(await readFile(join(ROOT, 'doc/guests.md'), 'utf8'))!
  const file = join(ROOT, 'build/test/guests.config.ts')
  await mkdir(join(ROOT, 'build/test'), { recursive: true })
  await writeFile(file, code!)
  const { problems, vms } = await draft(file, await loadConfig(file))
  expect(problems).toEqual([])
  expect(vms).toHaveLength(5)
})
