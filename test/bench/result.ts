/** Everything that one run of the bench finds out; `--json` prints it as it is. */
import type { GicVersion } from '../../tool/config/board.ts'
import { UserError } from '../../tool/ui/failure.ts'
import { type CardResult, measureCard } from './card.ts'
import { type CoreResult, measureCores } from './cores.ts'
import { FIGURES, type Size } from './figure.ts'
import { type LinuxResult, measureLinux } from './linux.ts'
import { bare, buildGuests, type Counts, imageSize, type Run, restart, underBulkhead } from './measure.ts'

/** `bare` is the same guest without a hypervisor. */
type Operations = Record<string, { bare: number | undefined; bulkhead: number | undefined }>

export interface Operational {
  /** Executed instructions. */
  operations: Record<`gicv${GicVersion}`, Operations>
  /** Bytes. */
  sizes: Record<Size['key'], number>
  work: Run['work']
}

/** A part for each group that was asked for. */
export interface Result extends Partial<Operational> {
  cores?: Record<`gicv${GicVersion}`, CoreResult>
  linux?: Record<`gicv${GicVersion}`, LinuxResult>
  card?: CardResult
}

/** In the order of their cost: seconds twice, a minute or two, many minutes. */
const GROUPS = {
  operations: measureOperations,
  card: async () => ({ card: await measureCard() }),
  cores: async () => ({ cores: await measureCores() }),
  linux: async () => ({ linux: await measureLinux() }),
} satisfies Record<string, () => Promise<Result>>

export type Group = keyof typeof GROUPS
export const GROUP_NAMES = Object.keys(GROUPS) as Group[]

export async function measureAll(groups: readonly Group[]): Promise<Result> {
  const result: Result = {}
  for (const group of groups) Object.assign(result, await GROUPS[group]())
  return result
}

async function measureOperations(): Promise<Operational> {
  await buildGuests()
  const one = await underBulkhead('boot', 3)
  const two = await underBulkhead('pair', 3)
  return {
    operations: { gicv3: await operations(3), gicv2: await operations(2) },
    sizes: { image: await imageSize(), memory: one.memory, furtherVm: two.memory - one.memory },
    work: one.work,
  }
}

async function operations(gic: GicVersion): Promise<Operations> {
  const alone = await bare(gic)
  const guests = [await underBulkhead('bench', gic), await underBulkhead('disk', gic), await underBulkhead('boot', gic)]
  const bulkhead: Counts = Object.assign({ restart: await restart(gic) }, ...guests.map(({ counts }) => counts))
  for (const { nops } of [alone, bulkhead]) {
    // Then a tick is not an instruction, and no figure means anything.
    if (nops !== 1000) throw new UserError(`1,000 nops read ${nops}: this QEMU does not count one tick an instruction`)
  }
  return Object.fromEntries(FIGURES.map(({ key }) => [key, { bare: alone[key], bulkhead: bulkhead[key] }]))
}
