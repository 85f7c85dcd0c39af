/**
 * Raspberry Pi's firmware, as far as a card with two slots needs one, since QEMU has none: which partition boots, what config.txt
 * there names, and what stands in the power manager's register when the board resets. Raspberry Pi documentation, "config.txt".
 */
import { closeSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../tool/config/project.ts'
import { fatText, SECTOR, type Volume } from '../../../tool/image/fat.ts'
import { runTool } from '../../../tool/image/run-tool.ts'
import { readTable } from '../../../tool/image/sd.ts'
import { type Board, withBoard } from './board.ts'
import { Qmp } from './qmp.ts'
import { argumentsFor, type Packed } from './system.ts'

const FOLDER = join(ROOT, 'build/test/firmware')
const PM_RSTS = 0xfe10_0020
/** A partition's number, from its lowest bit on: Linux, drivers/watchdog/bcm2835_wdt.c. */
const PARTITION_BITS = [0, 2, 4, 6, 8, 10]

/** Of this process: each QEMU has a socket of its own. */
let boots = 0

export interface Card {
  file: string
  machine: Packed['machine']
  vmNames: string[]
}

export interface Booted {
  board: Board
  partition: number
  /** PM_RSTS as it is. */
  rsts: () => Promise<number>
  /** PM_RSTS once the board resets; it stays where it is then. */
  reset: () => Promise<number>
}

/** Boots what the card and the last reset's `rsts` say. */
export async function withCard(card: Card, rsts: number, test: (booted: Booted) => Promise<void>): Promise<void> {
  const partition = await choose(card.file, rsts)
  const socket = join(FOLDER, `qmp-${++boots}`)
  mkdirSync(FOLDER, { recursive: true })
  rmSync(socket, { force: true })
  const args = [...(await load(card, partition)), '-no-shutdown', '-qmp', `unix:${socket},server=on,wait=off`]
  await withBoard({ args, vmNames: card.vmNames }, async (board) => {
    await board.listening(socket)
    const qmp = await Qmp.open(socket)
    const rsts = () => qmp.word(PM_RSTS)
    const reset = async () => {
      await qmp.event('SHUTDOWN')
      return rsts()
    }
    await test({ board, partition, rsts, reset })
    qmp.close()
  })
}

/** A number in PM_RSTS comes first, then autoboot.txt of the first partition. */
async function choose(card: string, rsts: number): Promise<number> {
  const asked = PARTITION_BITS.reduce((number, bit, i) => number | (((rsts >> bit) & 1) << i), 0)
  if (asked) return asked
  const settings = await fatText(volume(card, 1), 'autoboot.txt')
  return Number(/^\[all\][^[]*^boot_partition=(\d)$/m.exec(settings ?? '')![1])
}

/** QEMU's command line with the files of a partition in their places. */
async function load({ file: card, machine }: Card, partition: number): Promise<string[]> {
  const from = volume(card, partition)
  const settings = await fatText(from, 'config.txt')
  const named = (pattern: RegExp) => pattern.exec(settings!)![1]!
  const take = async (name: string) => {
    const file = join(FOLDER, name)
    await runTool('mcopy', ['-n', '-o', '-i', `${from.image}@@${from.start}`, `::${name}`, file])
    return file
  }
  const files = {
    image: await take(named(/^kernel=(.*)$/m)),
    bundle: await take(named(/^initramfs (\S+) /m)),
    dtb: await take(named(/^device_tree=(.*)$/m)),
  }
  const words = (await fatText(from, 'cmdline.txt'))!.trim()
  // Cores that nobody uses stay in QEMU's spin table and count too: time is the machine's.
  return [...argumentsFor({ machine, ...files }, { icount: false }), '-append', words]
}

/** Where a partition is. */
export function volume(card: string, partition: number): Volume {
  const record = Buffer.alloc(SECTOR)
  const handle = openSync(card, 'r')
  readSync(handle, record, 0, SECTOR, 0)
  closeSync(handle)
  const { selector, a, b } = readTable(record)!
  return { image: card, ...[selector, a, b][partition - 1]! }
}
