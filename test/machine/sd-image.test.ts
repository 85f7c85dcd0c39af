/** `bulkhead image`: what is on the card, that it is always the same, and that it boots. */
import { createHash } from 'node:crypto'
import { mkdirSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from 'citty'
import { beforeAll, expect, test } from 'vitest'
import image from '../../tool/command/image.ts'
import { ROOT } from '../../tool/config/project.ts'
import { runTool } from '../../tool/image/run-tool.ts'
import { withBoard } from './harness/board.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, configFile, packed } from './harness/system.ts'

const FOLDER = join(ROOT, 'build/test/sd')
const CARD = join(FOLDER, 'card.img')
const MiB = 2 ** 20
const SLOT_A = 20 * MiB
const VMS = [{ ...NEIGHBOUR, cores: [1] }]

const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** A file of the card's, by mtools. */
async function onCard(name: string): Promise<string> {
  const file = join(FOLDER, name)
  await runTool('mcopy', ['-n', '-o', '-i', `${CARD}@@${SLOT_A}`, `::${name}`, file])
  return file
}

async function write(out: string): Promise<void> {
  const config = await configFile('sd', { name: 'test-sd', board: 'rpi4', vms: VMS })
  await runCommand(image, { rawArgs: [config, '--out', out, '--json'] })
}

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  await write(CARD)
})

test('the selector and two slots, in a table that every firmware reads', () => {
  const record = Buffer.alloc(512)
  readSync(openSync(CARD, 'r'), record, 0, 512, 0)
  expect(record.readUInt16LE(510)).toBe(0xaa55)
  const parts = [0, 1, 2].map((i) => {
    const at = 446 + 16 * i
    return { type: record[at + 4], start: record.readUInt32LE(at + 8) * 512, size: record.readUInt32LE(at + 12) * 512 }
  })
  expect(parts).toEqual([
    { type: 0x0e, start: 4 * MiB, size: 16 * MiB },
    { type: 0x0c, start: SLOT_A, size: 256 * MiB },
    { type: 0x0c, start: SLOT_A + 256 * MiB, size: 256 * MiB },
  ])
  expect(statSync(CARD).size).toBe(SLOT_A + 512 * MiB)
  expect(record.subarray(446 + 48, 510).every((byte) => byte === 0)).toBe(true)
})

test('the files that the boot ROM, its firmware and the hypervisor want', async () => {
  const listed = (await runTool('mdir', ['-b', '-i', `${CARD}@@${SLOT_A}`, '::'])).stdout.toString()
  const names = listed.split('\n').flatMap((line) => line.match(/[^/]+$/)?.[0] ?? [])
  const wanted = [
    'bcm2711-rpi-4-b.dtb',
    'bulkhead.img',
    'bundle.itb',
    'cmdline.txt',
    'config.txt',
    'fixup4.dat',
    'LICENCE.txt',
    'start4.elf',
  ]
  expect(names.sort((a, b) => a.localeCompare(b, 'en'))).toEqual(wanted)
  const settings = readFileSync(await onCard('config.txt'), 'utf8')
    .trim()
    .split('\n')
  expect(settings).toContain('kernel=bulkhead.img')
  expect(settings).toContain('initramfs bundle.itb 0x8000000')
})

test('the same bytes, whenever it is written', async () => {
  const again = join(FOLDER, 'again.img')
  await write(again)
  expect(hash(again)).toBe(hash(CARD))
})

test('the hypervisor of every other board, and it boots with bundle and tree from the card', async () => {
  const system = await packed({ name: 'sd-other', vms: [NEIGHBOUR] })
  const files = {
    image: await onCard('bulkhead.img'),
    bundle: await onCard('bundle.itb'),
    dtb: await onCard('bcm2711-rpi-4-b.dtb'),
  }
  expect(hash(files.image)).toBe(hash(system.image))
  const { machine } = await packed({ name: 'sd-machine', board: { name: 'rpi4' }, vms: VMS })
  await withBoard(
    { args: argumentsFor({ machine, ...files }, { icount: false }), vmNames: ['pulse'] },
    async (board) => {
      await board.line('pulse', /^pulse: \d+ periods, /)
    },
  )
})
