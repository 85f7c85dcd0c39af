/** `bulkhead setup`: brings the programs that the other commands need. */
import { type ArgsDef, defineCommand } from 'citty'
import { setUp } from '../setup/install.ts'
import { BROWSER_NEED, NEEDS } from '../setup/need.ts'
import { checkOptions } from '../ui/option.ts'

const args = {
  browser: { type: 'boolean', description: "Also a headless Chromium, for the tests of inspect's page" },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'setup', description: 'Install what is missing: compilers, dtc, mkimage, mtools, QEMU, gdb' },
  args,
  async run({ args: { browser }, rawArgs }) {
    checkOptions(rawArgs, args)
    const needs = browser ? [...NEEDS, BROWSER_NEED] : NEEDS
    await setUp(needs)
    for (const { name, found } of needs) console.log(`${name}: ${found()}`)
  },
})
