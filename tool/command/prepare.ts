/** From a config's path to a checked system with every file at hand: what check, build and run have in common. */
import { dirname, join, relative } from 'node:path'
import type { GicVersion } from '../config/board.ts'
import { checkAll } from '../config/check/all.ts'
import { balloonRam } from '../config/check/balloon.ts'
import { checkGic } from '../config/check/board.ts'
import { checkRam } from '../config/check/memory.ts'
import { isTemplate } from '../config/check/template.ts'
import { checkKey } from '../config/key.ts'
import { findConfig, loadConfig } from '../config/load.ts'
import { ROOT, shown } from '../config/project.ts'
import { type SharedMemory, sharedSize } from '../config/shared-memory.ts'
import { draft, type System } from '../config/system.ts'
import { type Bundle, bundleSize, writeBundle } from '../image/bundle.ts'
import { type ExtensionFiles, readExtensions } from '../image/extension.ts'
import { diskRam, type Guest, layOut } from '../image/guest.ts'
import { readParts } from '../image/part.ts'
import { ConfigError, type Problem } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { step } from '../ui/step.ts'
import { maker } from './maker.ts'

export interface Prepared {
  system: System
  guests: Guest[]
  /** Where the hypervisor and `<system>/` go. */
  outDir: string
}

/** Throws a ConfigError that holds everything that is wrong. `gic` replaces the config's choice. */
export async function prepare(config: string | undefined, gic?: GicVersion): Promise<Prepared> {
  const file = findConfig(config)
  const { problems, ...found } = await draft(file, await loadConfig(file))
  const { vms, machine, shared } = found
  problems.push(...checkAll(found), ...checkKey(found.key))
  if (machine && gic) {
    problems.push(...checkGic(machine, gic))
    machine.gic = gic
  }
  const outDir = buildFolder(file)
  const guests: Guest[] = []
  const make = maker(outDir)
  for (const vm of vms) {
    const parts = await readParts(vm, make, problems)
    // Its tree would hold what cannot be.
    const hasWrongDevice = problems.some(({ path }) => path.startsWith(`vms[${vm.index}].passthrough`))
    const guest = parts && !hasWrongDevice && (await layOut(vm, parts, machine?.board, shared, problems))
    if (guest) guests.push(guest)
  }
  if (problems.length === 0) {
    const together = [
      guests.filter(({ vm }) => !isTemplate(vm)),
      ...guests.filter(({ vm }) => isTemplate(vm)).map((one) => [one]),
    ]
    const lists = together.map((list) => ({ vms: list.map(({ vm }) => vm), devices: ramBeside(list, shared) }))
    problems.push(...lists.flatMap(({ vms, devices }) => checkRam(vms, machine, bundleSize(guests), devices)))
  }
  if (problems.length > 0 || !machine) throw new ConfigError(shown(file), inOrder(problems))
  return { system: { ...found, machine }, guests, outDir }
}

/** Bytes for a balloon's tables and for each disk, VM by VM; behind the last of them what they share, as core takes it. */
function ramBeside(guests: readonly Guest[], shared: readonly SharedMemory[]): number[][] {
  const own = guests.map(({ vm, disks }) => [balloonRam(vm), ...disks.map(diskRam)])
  return own.map((sizes, i) => (i === own.length - 1 ? [...sizes, ...shared.map(sharedSize)] : sizes))
}

/** Writes the bundle into `build/<system>/`, for the build of the hypervisor that left `extensions`. */
export async function pack(
  { system, guests, outDir }: Prepared,
  { extensions }: { extensions: ExtensionFiles },
): Promise<Bundle> {
  return step(`Packing ${system.vms.length === 1 ? '1 VM' : `${system.vms.length} VMs`}`, async (note) => {
    const bundle = await writeBundle(
      system,
      guests,
      await readExtensions(system, extensions),
      join(outDir, system.name),
    )
    note(`${shown(bundle.file)}, ${sizeText(bundle.size)}`)
    return bundle
  })
}

/** `build/` of this checkout for its own examples, beside the config for everybody else's. */
export function buildFolder(file: string): string {
  const isOurs = !relative(ROOT, file).startsWith('..')
  return join(isOurs ? ROOT : dirname(file), 'build')
}

/** As the config has them, the board and the system first. */
function inOrder(problems: Problem[]): Problem[] {
  const key = ({ path }: Problem) => (path.startsWith('vms[') ? path : ` ${path}`)
  return problems.sort((a, b) => key(a).localeCompare(key(b), 'en', { numeric: true }))
}
