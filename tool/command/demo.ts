/** `bulkhead demo`: two isolated guests on two consoles; ends by itself where nobody sits at a terminal. */

import { join } from 'node:path'
import { defineCommand } from 'citty'
import { ROOT } from '../config/project.ts'
import { qemuArguments } from '../qemu/arguments.ts'
import { setUp } from '../setup/install.ts'
import { DEMO_NEEDS } from '../setup/need.ts'
import { checkOptions } from '../ui/option.ts'
import { boot } from './boot.ts'
import { hypervisor } from './hypervisor.ts'
import { pack, prepare } from './prepare.ts'

/** What each guest says once it is up. */
const REPORTS = [/^linux +\| Linux .* aarch64/, /^pulse +\| .*1000 periods/]
/** Seconds: a slow machine takes one of them to boot Linux. */
const PATIENCE = 180

export default defineCommand({
  meta: { name: 'demo', description: "Boot the example: Debian's kernel beside a real-time program" },
  args: {},
  async run({ rawArgs }) {
    checkOptions(rawArgs, {})
    await setUp(DEMO_NEEDS)
    const prepared = await prepare(join(ROOT, 'example/two-guests'))
    const { machine, vms } = prepared.system
    const built = await hypervisor(prepared.outDir)
    const bundle = await pack(prepared, built)
    const isWatched = process.stdin.isTTY === true && process.stdout.isTTY === true
    // Unwatched, time is counted in instructions: what the loop reports is then the same on every machine, loaded or not.
    const args = qemuArguments({
      machine,
      image: built.image,
      bundle: bundle.file,
      gic: machine.gic,
      icount: !isWatched,
    })
    const ends = isWatched ? {} : { until: REPORTS, timeout: PATIENCE }
    return boot({ args, vmNames: vms.map(({ name }) => name), elf: built.elf, ...ends })
  },
})
