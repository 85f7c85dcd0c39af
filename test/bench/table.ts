/** The bench's result as tables for a person; what is over its budget is marked. */
import type { GicVersion } from '../../tool/config/board.ts'
import { CORE_FIGURES } from './core-figure.ts'
import { FIGURES, PEERS, PER_BYTE, type PerByte, SIZE_PEERS, SIZES } from './figure.ts'
import type { Result } from './result.ts'

type Cell = string | number | undefined

export function tables({ operations, sizes, work, card, cores, linux }: Result): string {
  const parts = [
    ...(operations ? [figures(operations, 3), figures(operations, 2)] : []),
    ...(sizes ? [sizesTable(sizes)] : []),
    ...(work ? [perByte(work)] : []),
    ...(card ? [cardTable(card)] : []),
    ...(cores ? [coresTable(cores)] : []),
    ...(linux ? [linuxTable(linux)] : []),
  ]
  return [...parts, NOTE].join('\n\n')
}

const NOTE = [
  'Executed instructions under QEMU -icount shift=0, cortex-a72, one vCPU; 1,000 nops read 1,000. * is over budget.',
  'Peers were counted once in the same way, by a guest of the same kind; Bao neither scrubs nor checks images, and passes',
  'its UART through. Sizes are bytes. Reset to first instruction includes scrubbing 1 MiB and checking the image.',
  "Between cores: the worst of 20 visits in QEMU's list of executed instructions, from the vector to the eret; --json says",
  'in which functions. Jitter is virtual time, one instruction a nanosecond on any core. Linux: from its first instruction',
  'to its power-off, all CPUs together, a CPU in WFI executes none.',
].join('\n')

function figures(operations: NonNullable<Result['operations']>, gic: GicVersion): string {
  const rows = FIGURES.map(({ key, title, budget, peers }) => {
    const { bare, bulkhead } = operations[`gicv${gic}`][key] ?? {}
    return [title, budget, marked(bulkhead, budget), bare, ...peers[gic]]
  })
  return table([`GICv${gic}, instructions`, 'budget', 'Bulkhead', 'bare', ...PEERS[gic]], rows)
}

function sizesTable(measured: NonNullable<Result['sizes']>): string {
  const rows = SIZES.map(({ key, title, budget, peers }) => [title, budget, marked(measured[key], budget), ...peers])
  return table(['bytes', 'budget', 'Bulkhead', ...SIZE_PEERS], rows)
}

function perByte(work: NonNullable<Result['work']>): string {
  const rows = (Object.keys(PER_BYTE) as PerByte[]).map((what) => {
    const { bytes, instructions } = work[what] ?? {}
    const each = bytes && instructions !== undefined ? instructions / bytes : undefined
    const shown = each === undefined ? undefined : `${each.toFixed(3)}${each > PER_BYTE[what] ? ' *' : ''}`
    return [what, PER_BYTE[what].toFixed(2), shown, bytes, instructions]
  })
  return table(['instructions per byte', 'budget', 'Bulkhead', 'bytes', 'instructions'], rows)
}

/** Seconds on two cores; instructions beyond copying images. */
const CARD_BUDGET = 10
const BOTH_BUDGET = 5_000_000

function cardTable({ seconds, bundle, image, boot }: NonNullable<Result['card']>): string {
  const shown = `${seconds.toFixed(1)}${seconds > CARD_BUDGET ? ' *' : ''}`
  const cards = table(
    ['SD card image, by the clock', 'budget', 'seconds', 'bundle', 'image'],
    [['bulkhead image, best of three', CARD_BUDGET, shown, bundle, image]],
  )
  const boots = table(
    ['Raspberry Pi 4, instructions', 'budget', 'Bulkhead'],
    [['reset to the first of both guests', BOTH_BUDGET, marked(boot, BOTH_BUDGET)]],
  )
  return `${cards}\n\n${boots}`
}

function coresTable({ gicv3, gicv2 }: NonNullable<Result['cores']>): string {
  const rows = CORE_FIGURES.map(({ key, title, budget, isWithin }) => {
    const both = [gicv3, gicv2].map(({ figures }) => {
      const value = figures[key]
      return value === undefined || isWithin(value, figures) ? value : `${value.toLocaleString('en')} *`
    })
    return [title, budget, ...both]
  })
  return table(['cores', 'budget', 'GICv3', 'GICv2'], rows)
}

/** How many times what it executes without a hypervisor Linux may execute. */
const LINUX_BUDGET = 1.03

function linuxTable(linux: NonNullable<Result['linux']>): string {
  const rows = ([3, 2] as const).map((gic) => {
    const { bare, bulkhead } = linux[`gicv${gic}`]
    const ratio = bulkhead / bare
    return [
      `GICv${gic}`,
      LINUX_BUDGET.toFixed(2),
      `${ratio.toFixed(4)}${ratio > LINUX_BUDGET ? ' *' : ''}`,
      bulkhead,
      bare,
    ]
  })
  return table(['Linux, 4 CPUs, boot and workload', 'budget', 'ratio', 'Bulkhead', 'bare'], rows)
}

function marked(value: number | undefined, budget: number): Cell {
  return value !== undefined && value > budget ? `${value.toLocaleString('en')} *` : value
}

/** The first column to the left, numbers to the right; what nobody measured is a dash. */
function table(head: string[], rows: Cell[][]): string {
  const text = [head, ...rows].map((row) => row.map(shown))
  const widths = head.map((_, column) => Math.max(...text.map((row) => row[column]!.length)))
  const lines = text.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  )
  return [lines[0], '-'.repeat(lines[0]!.length), ...lines.slice(1)].join('\n')
}

function shown(cell: Cell): string {
  if (cell === undefined) return '-'
  return typeof cell === 'number' ? cell.toLocaleString('en') : cell
}
