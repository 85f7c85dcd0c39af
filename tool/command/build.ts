/** `bulkhead build`: the hypervisor and one system's bundle. */

import { relative } from 'node:path'
import { type ArgsDef, defineCommand } from 'citty'
import { checkOptions } from '../ui/option.ts'
import { printJson, say, silence } from '../ui/step.ts'
import { CONFIG } from './argument.ts'
import { hypervisor } from './hypervisor.ts'
import { pack, prepare } from './prepare.ts'

const args = {
  config: CONFIG,
  json: { type: 'boolean', description: 'Print what was built as JSON' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'build', description: 'Build the hypervisor and the bundle of one system' },
  args,
  async run({ args: { config, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    if (json) silence()
    const prepared = await prepare(config)
    const built = await hypervisor(prepared.outDir, say)
    const { elf, image, size } = built
    const { folder, summary } = await pack(prepared, built)
    const from = (path: string) => relative(folder, path)
    if (json) printJson({ folder, hypervisor: { elf: from(elf), image: from(image), size }, ...summary })
  },
})
