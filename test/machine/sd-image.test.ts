/** `bulkhead image`: what is on the card, that it is always the same, and that it boots. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
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
/** Behind both slots, a table before each. */
const PARTS = SLOT_A + 512 * MiB
const VMS = [{ ...NEIGHBOUR, cores: [1] }]
const DISKS = { sd: { file: 'card.disk', partitions: { data: { size: '8M' }, more: { size: '4M' } } } }

const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** A file of the card's, by mtools. */
async function onCard(name: string): Promise<string> {
  const file = join(FOLDER, name)
  await runTool('mcopy', ['-n', '-o', '-i', `${CARD}@@${SLOT_A}`, `::${name}`, file])
  return file
}

async function write(out: string): Promise<void> {
  const config = await configFile('sd', { name: 'test-sd', board: 'rpi4', disks: DISKS, vms: VMS })
  await runCommand(image, { rawArgs: [config, '--out', out, '--json'] })
}

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  await write(CARD)
})

/** Where a user's PATH may lack them. */
const SBIN = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

function seenBy(program: string, ...args: string[]): string {
  return execFileSync(program, [...args, CARD], { encoding: 'utf8', env: { ...SBIN, LC_ALL: 'C.UTF-8' } })
}

const PARTITIONS = [
  { number: 1, type: 'e', start: 4 * MiB, size: 16 * MiB },
  { number: 2, type: 'c', start: SLOT_A, size: 256 * MiB },
  { number: 3, type: 'c', start: SLOT_A + 256 * MiB, size: 256 * MiB },
  { number: 4, type: 'f', start: PARTS, size: 14 * MiB },
  { number: 5, type: '83', start: PARTS + MiB, size: 8 * MiB },
  { number: 6, type: '83', start: PARTS + 10 * MiB, size: 4 * MiB },
]

test('sfdisk finds the selector, two slots, and what VMs have, in a table of the kind that every firmware reads', () => {
  const { label, sectorsize, partitions } = JSON.parse(seenBy('sfdisk', '--json')).partitiontable
  expect({ label, sectorsize }).toEqual({ label: 'dos', sectorsize: 512 })
  const found = partitions.map(({ node, type, start, size }: Record<string, string | number>) => ({
    number: Number(/\d+$/.exec(String(node))![0]),
    type,
    start: Number(start) * 512,
    size: Number(size) * 512,
  }))
  expect(found).toEqual(PARTITIONS)
  expect(statSync(CARD).size).toBe(PARTS + 14 * MiB)
})

test('fdisk names their types, and has nothing to complain of', () => {
  const said = seenBy('fdisk', '-l')
  const rows = [...said.matchAll(/^\S+?(\d) +\d+ +\d+ +\d+ +(\S+) +\S+ (.+)$/gm)].map(([, ...row]) => row)
  expect(rows).toEqual([
    ['1', '16M', 'W95 FAT16 (LBA)'],
    ['2', '256M', 'W95 FAT32 (LBA)'],
    ['3', '256M', 'W95 FAT32 (LBA)'],
    ['4', '14M', "W95 Ext'd (LBA)"],
    ['5', '8M', 'Linux'],
    ['6', '4M', 'Linux'],
  ])
  expect(said).not.toMatch(/does not|not start|overlap|invalid|ignored/i)
  expect(seenBy('sfdisk', '--verify')).toMatch(/No errors/)
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

test('a VM that would write to what the board boots is refused', async () => {
  const wishes: [object, RegExp][] = [
    [
      { disk: 'sd', partition: 2 },
      /^VM 'pulse' has partition 2, and a new card has what boots and the partitions that the/,
    ],
    [
      { disk: 'sd', partition: 'data' },
      /^VM 'pulse' has partition 'data', and .* write disks: \{ sd: \{ file: 'card.img', partitions/,
    ],
    [{ disk: 'sd' }, /^VM 'pulse' has all of the card/],
  ]
  for (const [i, [wish, refusal]] of wishes.entries()) {
    const vms = [{ ...VMS[0], devices: [{ virtio: 'block', ...wish }] }]
    const config = await configFile(`sd-wrong-${i}`, { name: 'test-sd-wrong', board: 'rpi4', vms })
    await expect(runCommand(image, { rawArgs: [config, '--json'] })).rejects.toThrow(refusal)
  }
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
