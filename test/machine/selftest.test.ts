/** `bulkhead selftest` on the boards that QEMU plays: the verdict, and the reset of a board whose critical VM has ended. */
import { spawn } from 'node:child_process'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepare } from '../../tool/command/prepare.ts'
import { ROOT } from '../../tool/config/project.ts'
import { runTool } from '../../tool/image/run-tool.ts'
import { withBoard } from './harness/board.ts'
import { argumentsFor } from './harness/system.ts'

const MiB = 2 ** 20
const SLOT_A = 20 * MiB
const CARD = 1024 * MiB

interface Line {
  source?: string
  text?: string
  end?: string
}

async function selftest(...words: string[]): Promise<{ status: number | null; text: string }> {
  const child = spawn(process.execPath, ['tool/bulkhead.mjs', 'selftest', '--json', ...words], { cwd: ROOT })
  const out: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, text: Buffer.concat(out).toString() }
}

/** What `--json` says of a run: an object a line. */
function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

const ASKED = [
  'timer drift',
  'timer interrupt',
  'SGI to itself',
  'restart',
  'disk in RAM',
  'disk of the board',
  'verdict',
]

/** What the tester found, line by line. */
function verdictsOf(lines: Line[]): string[] {
  const said = lines.filter(({ source }) => source === 'selftest').map(({ text = '' }) => text)
  return said.flatMap((line) => /^(\S.*?) +(PASS|FAIL)\b/.exec(line)?.slice(1).join(': ') ?? [])
}

test('QEMU virt passes', async () => {
  const { status, text } = await selftest()
  expect(verdictsOf(linesOf(text))).toEqual(ASKED.map((what) => `${what}: PASS`))
  expect(status).toBe(0)
})

test('Raspberry Pi 4 passes, and resets once its critical VM has ended', async () => {
  const { status, text } = await selftest('--board', 'rpi4', '--resets')
  const lines = linesOf(text)
  expect(verdictsOf(lines)).toEqual(ASKED.map((what) => `${what}: PASS`))
  expect(lines.map((line) => line.text)).toContain("VM 'selftest' is critical: the board resets")
  expect(status).toBe(0)
})

test('ZCU102 passes, whose SD host moves the data itself', async () => {
  const { status, text } = await selftest('--board', 'zcu102')
  const lines = linesOf(text)
  expect(verdictsOf(lines)).toEqual(ASKED.map((what) => `${what}: PASS`))
  expect(lines.map((line) => line.text)).toContain("the board's disk has 16 MiB, and reads and writes memory itself")
  expect(status).toBe(0)
})

test('a Raspberry Pi 4 passes with nothing but its SD card, on a partition of it', async () => {
  const out = join(ROOT, 'build/test/selftest.img')
  expect((await selftest('--board', 'rpi4', '--out', out)).status).toBe(0)
  const onCard = async (name: string) => {
    const file = join(ROOT, 'build/test', `selftest-${name}`)
    await runTool('mcopy', ['-n', '-o', '-i', `${out}@@${SLOT_A}`, `::${name}`, file])
    return file
  }
  const { machine } = (await prepare(join(ROOT, 'example/selftest/rpi4.config.ts'))).system
  const [image, bundle, dtb] = await Promise.all(['bulkhead.img', 'bundle.itb', 'bcm2711-rpi-4-b.dtb'].map(onCard))
  truncateSync(out, CARD) // QEMU's cards have a power of two
  const system = { machine, image: image!, bundle: bundle!, dtb: dtb! }
  const args = argumentsFor(system, { gic: 2, icount: true, disk: out })
  await withBoard({ args, vmNames: ['selftest', 'crash', 'pulse'] }, async (board) => {
    await board.report(/^the board's disk has 1024 MiB, and no DMA/)
    await board.line('selftest', /^disk of the board PASS 1048576 bytes, 0 wrong, 0 errors, 2 times as it was, /)
    await board.line('selftest', /^verdict +PASS$/)
  })
})

test('boards that have no test', async () => {
  expect((await selftest('--board', 'rpi5')).status).toBe(1)
})
