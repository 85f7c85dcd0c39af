/** Boots the bench guests, bare and under Bulkhead, and collects what they and the hypervisor print. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hypervisor } from '../../tool/command/hypervisor.ts'
import { pack, prepare } from '../../tool/command/prepare.ts'
import { buildGuest } from '../../tool/compile/guest.ts'
import type { GicVersion } from '../../tool/config/board.ts'
import { ROOT } from '../../tool/config/project.ts'
import { qemuArguments } from '../../tool/qemu/arguments.ts'
import { runQemu } from '../../tool/qemu/run.ts'
import { debianDeviceTree } from '../../tool/setup/debian.ts'
import { UserError } from '../../tool/ui/failure.ts'
import type { PerByte } from './figure.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
/** Seconds; a run takes less than one. */
const TIMEOUT = 60

/** Executed instructions by the figure's key. */
export type Counts = Record<string, number>

export interface Run {
  counts: Counts
  /** Bytes that the hypervisor keeps. */
  memory: number
  /** Instructions for the first VM's images and RAM, and the bytes they were for. */
  work: Partial<Record<PerByte, { bytes: number; instructions: number }>>
}

export async function buildGuests(): Promise<void> {
  for (const guest of ['boot', 'again']) await buildGuest({ entry: join(HERE, `${guest}.S`), out: image(guest) })
  await buildGuest({ entry: join(HERE, 'guest.ts'), out: image('bench') })
}

/** The hypervisor image's size, bytes. */
export async function imageSize(): Promise<number> {
  return (await hypervisor(join(ROOT, 'build'))).size
}

/** Without a hypervisor: QEMU itself answers the guest. */
export async function bare(gic: GicVersion): Promise<Counts> {
  const measured: Counts = {}
  for (const guest of ['bench', 'boot']) {
    const machine = ['-M', `virt,gic-version=${gic}`, '-cpu', 'cortex-a72,cntfrq=1000000000', '-m', '256M']
    const count = ['-icount', 'shift=0,sleep=off', '-accel', 'tcg,thread=single']
    const quiet = ['-nographic', '-nic', 'none', '-no-reboot']
    const lines = await linesOf([...machine, ...count, ...quiet, '-kernel', image(guest)], [])
    Object.assign(measured, counts(lines))
  }
  return measured
}

/** `config` is a file beside this one. */
export async function underBulkhead(config: 'bench' | 'boot' | 'pair' | 'disk', gic: GicVersion): Promise<Run> {
  const lines = await linesUnder(config, gic)
  return { counts: counts(lines), memory: memory(lines), work: work(lines) }
}

/** From the instruction that crashes a guest to the first of its next life, what its RAM's scrubbing took left out. */
export async function restart(gic: GicVersion): Promise<number> {
  const lines = await linesUnder('again', gic)
  const lives = lines.flatMap((line) => /^bench began (0x[0-9a-f]+) crashes (0x[0-9a-f]+)$/.exec(line) ?? [])
  const scrubs = lines.flatMap((line) => /^vm again: scrub \d+ bytes in (\d+) ticks/.exec(line)?.[1] ?? [])
  if (lives.length !== 6 || scrubs.length !== 2) throw new UserError('the guest that crashes did not live twice')
  return Number(lives[4]) - Number(lives[2]) - Number(scrubs[1])
}

/** Instructions of all cores from reset to the first one of the guest that began last, on a Raspberry Pi 4; two guests of 1 MiB. */
export async function bothOnRaspberry(): Promise<number> {
  const found = (await linesUnder('raspi4b', 2)).flatMap((line) => /^bench boot (\d+)$/.exec(line)?.[1] ?? [])
  if (found.length !== 2) throw new UserError(`${found.length} of two guests have begun`)
  return Math.max(...found.map(Number))
}

async function linesUnder(config: string, gic: GicVersion): Promise<string[]> {
  const prepared = await prepare(join(HERE, `${config}.config.ts`), gic)
  const { machine, vms } = prepared.system
  const built = await hypervisor(prepared.outDir)
  const { image } = built
  const bundle = (await pack(prepared, built)).file
  const dtb = machine.board.dtb && (await debianDeviceTree(machine.board.dtb))
  const args = qemuArguments({ machine, image, bundle, dtb, gic: machine.gic, icount: true })
  return linesOf(
    args,
    vms.map((vm) => vm.name),
  )
}

const image = (guest: string) => join(ROOT, 'build/test', `${guest}.img`)

async function linesOf(args: string[], vmNames: string[]): Promise<string[]> {
  const lines: string[] = []
  const { end, complaint } = await runQemu({ args, vmNames, timeout: TIMEOUT, onLine: ({ text }) => lines.push(text) })
  if (end === 'off') return lines
  throw new UserError(`the bench did not come to its end (${end}): ${complaint}\n${lines.join('\n')}`)
}

function counts(lines: string[]): Counts {
  const found = lines.flatMap((line) => [...line.matchAll(/^bench ([a-z-]+) (\d+)$/g)])
  return Object.fromEntries(found.map(([, key, value]) => [key!, Number(value)]))
}

function memory(lines: string[]): number {
  const kib = /hypervisor memory (\d+) KiB/.exec(lines.join('\n'))?.[1]
  if (kib === undefined) throw new UserError('the hypervisor does not say how much memory it keeps')
  return Number(kib) * 1024
}

function work(lines: string[]): Run['work'] {
  const line = lines.find((each) => /^vm \S+: scrub /.test(each)) ?? ''
  const found = [...line.matchAll(/(scrub|copy|check) (\d+) bytes in (\d+) ticks/g)]
  return Object.fromEntries(
    found.map(([, what, bytes, ticks]) => [what!, { bytes: Number(bytes), instructions: Number(ticks) }]),
  )
}
