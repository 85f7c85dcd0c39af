/** One image boots wherever a loader puts it, at every exception level that it may be entered in. */
import { beforeAll, test } from 'vitest'
import type { GicVersion } from '../../tool/config/board.ts'
import { withBoard } from './harness/board.ts'
import { bareLoaded, loadedAt } from './harness/boot-loader.ts'
import { expectTicking, NEIGHBOUR } from './harness/neighbour.ts'
import { type Packed, packed } from './harness/system.ts'

let system: Packed
let alone: Packed
beforeAll(async () => {
  system = await packed({ name: 'boot-place', vms: [NEIGHBOUR] })
  alone = await packed({ name: 'boot-alone', vms: [{ ...NEIGHBOUR, cores: [0] }], board: { cpus: 1 } })
})
const GICS: GicVersion[] = [2, 3]

/** RAM is 512 MiB from 1 GiB on; QEMU puts the bundle at 128 MiB. */
test.each([
  ['the start of RAM', 0x4020_0000],
  ['an odd multiple of 2 MiB', 0x4460_0000],
  ['close below the bundle', 0x47e0_0000],
  ['close above bundle and tree', 0x4c00_0000],
  ['the end of RAM', 0x5fe0_0000],
])('at %s', async (name, at) => {
  for (const gic of GICS) {
    const args = loadedAt(at, system, name.replaceAll(' ', '-'), undefined, { gic })
    await withBoard({ args, vmNames: system.vmNames }, expectTicking)
  }
})

test.each(GICS)('by a loader of its own at EL2, GICv%s', async (gic) => {
  const args = await bareLoaded(system, `el2-gicv${gic}`, { gic })
  await withBoard({ args, vmNames: system.vmNames }, expectTicking)
})

test.each(GICS)('at EL2 below a firmware at EL3, GICv%s', async (gic) => {
  const args = loadedAt(0x4460_0000, system, `firmware-gicv${gic}`, undefined, { gic, secure: true })
  await withBoard({ args, vmNames: system.vmNames }, expectTicking)
})

/** With one core: nobody holds a second one back, and QEMU lets it run through empty flash. */
test.each(GICS)('at EL3, GICv%s', async (gic) => {
  const args = await bareLoaded(alone, `el3-gicv${gic}`, { gic, secure: true, cores: 1 })
  await withBoard({ args, vmNames: alone.vmNames }, expectTicking)
})
