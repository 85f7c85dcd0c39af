/** `bulkhead setup`: brings the programs that the other commands need. */
import { defineCommand } from 'citty'
import { setUp } from '../setup/install.ts'
import { NEEDS } from '../setup/need.ts'
import { checkOptions } from '../ui/option.ts'

export default defineCommand({
  meta: { name: 'setup', description: 'Install what is missing: compilers, dtc, mkimage, mtools, QEMU, gdb' },
  args: {},
  async run({ rawArgs }) {
    checkOptions(rawArgs, {})
    await setUp()
    for (const { name, found } of NEEDS) console.log(`${name}: ${found()}`)
  },
})
