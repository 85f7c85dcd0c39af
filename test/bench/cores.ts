/** What several cores, and several VMs on one core, cost each other: measured on the systems of core-system.ts. */
import type { GicVersion } from '../../tool/config/board.ts'
import type { ConsoleLine } from '../../tool/qemu/console.ts'
import { UserError } from '../../tool/ui/failure.ts'
import { listen, trace } from './core-boot.ts'
import { type SystemName, writeSystems } from './core-system.ts'
import { histogram, type Visit } from './trace.ts'

/** Exchanges of sgi.S and wait.S that count: the last ones, when caches of the hypervisor's own are warm. */
const COUNTED = 20
const PULSE = /^pulse: (\d+) periods, worst jitter (\d+) (ns|us) \((\d+) missed\)/
/** Lines of pulse, one a second. */
const SECONDS = 2

/** Figures by key; see core-figure.ts for their units. `where` is who executed the instructions of those that are counted. */
export interface CoreResult {
  figures: Record<string, number>
  where: Record<string, [string, number][]>
}

export async function measureCores(): Promise<Record<`gicv${GicVersion}`, CoreResult>> {
  await writeSystems()
  return { gicv3: await measure(3), gicv2: await measure(2) }
}

async function measure(gic: GicVersion): Promise<CoreResult> {
  const switched = switches(await trace('switch', gic, [/bench done/]))
  const sent = exchanges(await trace('sgi', gic))
  const bulk = betweenMarks(await trace('net', gic))[0]!
  const [one, many] = betweenMarks(await trace('stored', gic))
  const [up] = betweenMarks(await trace('uplink', gic))
  const shares = await listen('share', gic, [/^eighty.*bench share \d/, /^twenty.*bench share \d/])
  const calm = await beats('calm', gic, ['eighty', 'twenty'])
  const alone = await beats('alone', gic, ['pulse'])
  const beside = await beats('beside', gic, ['pulse'])
  return {
    figures: {
      eighty: numberOf(shares, 'eighty', 'share') / 100,
      twenty: numberOf(shares, 'twenty', 'share') / 100,
      'calm-missed': calm.missed,
      switch: worst(switched),
      sgi: worst(sent),
      net: perFrame(bulk),
      uplink: perFrame(up!),
      'stored-one': perRead(one!),
      'stored-many': perRead(many!),
      exits: numberOf(await listen('busy', gic), 'busy', 'exits'),
      missed: beside.missed,
      alone: alone.worst,
      beside: beside.worst,
    },
    where: {
      switch: histogram(switched.at(-1)!),
      sgi: histogram(sent.at(-1)!),
      net: histogram(bulk),
      uplink: histogram(up!),
      stored: histogram(one!),
    },
  }
}

/** From the WFI of one VM straight to the other, that was ready. */
function switches(visits: Visit[]): Visit[][] {
  const direct = visits.filter(({ entry, functions }) => entry === 'sync' && functions.has('bulkhead_load_el1'))
  return direct.slice(-COUNTED).map((visit) => [visit])
}

/** Each visit of vCPU 0, the sender, with those that it led to on the receiver's core; the last one switches off. */
function exchanges(visits: Visit[]): Visit[][] {
  const groups: Visit[][] = []
  for (const visit of visits) {
    if (visit.cpu === 0) groups.push([visit])
    else groups.at(-1)?.push(visit)
  }
  return groups.slice(-COUNTED - 1, -1)
}

/** On all cores what a program did between its marks, of which the first two are there. */
function betweenMarks(visits: Visit[]): Visit[][] {
  const marks = visits.flatMap(({ functions }, i) => (functions.has('w2c_core_onHypercall') ? [i] : []))
  if (marks.length < 2) throw new UserError('a guest that measures did not come to its end')
  return marks.slice(1).map((end, i) => visits.slice(marks[i]! + 1, end))
}

/** ROUNDS times WINDOW of program/net.ts, answers included, and of program/uplink.ts. */
const FRAMES = 640
/** REQUESTS of program/stored.ts. */
const READS = 64

const perFrame = (visits: Visit[]): number => Math.round(sumOf(visits) / FRAMES)
const perRead = (visits: Visit[]): number => Math.round(sumOf(visits) / READS)

function sumOf(visits: Visit[]): number {
  return visits.reduce((sum, { instructions }) => sum + instructions, 0)
}

function worst(groups: Visit[][]): number {
  if (groups.length === 0) throw new UserError('the trace holds no visit of the kind that the bench looks for')
  return Math.max(...groups.map(sumOf))
}

/** What pulse says in each of the VMs: periods missed in all, and the worst jitter, ns. */
async function beats(name: SystemName, gic: GicVersion, vms: string[]): Promise<{ missed: number; worst: number }> {
  // A pattern is used up by the first line that it matches, so the end is the SECONDS-th line of each VM.
  const until = vms.map((vm) => nthLine(new RegExp(`^${vm} *\\| pulse: \\d+ periods`), SECONDS))
  const found = (await listen(name, gic, until)).flatMap(({ text }) => PULSE.exec(text) ?? [])
  const rows = Array.from({ length: found.length / 5 }, (_, i) => found.slice(i * 5, i * 5 + 5))
  return {
    missed: rows.reduce((sum, row) => sum + Number(row[4]), 0),
    worst: Math.max(...rows.map(([, , value, unit]) => Number(value) * (unit === 'us' ? 1000 : 1))),
  }
}

/** A pattern that matches only the `n`-th line that `pattern` matches. */
function nthLine(pattern: RegExp, n: number): RegExp {
  let seen = 0
  const nth = new RegExp(pattern)
  nth.test = (line) => pattern.test(line) && ++seen === n
  return nth
}

function numberOf(lines: ConsoleLine[], vm: string, key: string): number {
  for (const { source, text } of lines) {
    const found = source === vm && new RegExp(`^bench ${key} (\\d+)$`).exec(text)?.[1]
    if (found) return Number(found)
  }
  throw new UserError(`VM '${vm}' does not say 'bench ${key}'`)
}
