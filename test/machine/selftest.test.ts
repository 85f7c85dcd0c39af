/** `bulkhead selftest` on the boards that QEMU plays: the verdict, and the reset of a board whose critical VM has ended. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../tool/config/project.ts'

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

const ASKED = ['timer drift', 'timer interrupt', 'SGI to itself', 'restart', 'disk in RAM', 'verdict']

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

test('an SD card image, and boards that have no test', async () => {
  const out = join(ROOT, 'build/test/selftest.img')
  expect((await selftest('--board', 'rpi4', '--out', out)).status).toBe(0)
  expect(existsSync(out)).toBe(true)
  expect((await selftest('--board', 'rpi5')).status).toBe(1)
})
