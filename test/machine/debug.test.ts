/** What a person who debugs the hypervisor sees: AssemblyScript's files and lines, in gdb and behind an address. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../tool/config/project.ts'
import { GDB_PORT } from '../../tool/qemu/arguments.ts'
import { Symbols } from '../../tool/qemu/symbol.ts'
import { withBoard } from './harness/board.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, type Packed, packed } from './harness/system.ts'

const MINUTE = 60_000
let system: Packed
beforeAll(async () => {
  system = await packed({ name: 'debug', vms: [NEIGHBOUR] })
})

/** The number of the one line of `file` that holds `text`. */
async function lineOf(file: string, text: string): Promise<number> {
  const lines = (await readFile(join(ROOT, file), 'utf8')).split('\n')
  const found = lines.flatMap((line, i) => (line.includes(text) ? [i + 1] : []))
  expect(found).toHaveLength(1)
  return found[0]!
}

/** What gdb says to these commands, from the machine's first instruction on. */
async function gdb(...commands: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkhead-'))
  const socket = join(folder, 'gdb')
  // A port could be somebody's already.
  const args = argumentsFor(system, { gdb: true }).map((word) =>
    word === `tcp:127.0.0.1:${GDB_PORT}` ? `unix:${socket},server=on,wait=off` : word,
  )
  const script = [`target remote ${socket}`, ...commands, 'detach']
  try {
    return await withBoard({ args, vmNames: system.vmNames }, async (board) => {
      await board.listening(socket)
      const all = ['-nx', '-batch', system.elf, ...script.flatMap((command) => ['-ex', command])]
      const { stdout, stderr } = await promisify(execFile)('gdb-multiarch', all, { cwd: ROOT, timeout: MINUTE })
      return stdout + stderr
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('gdb stops in a function of core and shows its line', async () => {
  const file = 'src/core/exit-data-abort.ts'
  const said = await gdb('hbreak w2c_core_onDataAbort', 'continue', 'backtrace', 'list')
  const line = await lineOf(file, 'export function onDataAbort(at: usize, esr: u64, pc: u64): usize {')
  expect(said).toMatch(
    new RegExp(`hit Breakpoint 1, w2c_core_onDataAbort \\(.*\\) at ${file}:(${line + 1}|${line + 2}|${line + 3})\n`),
  )
  expect(said).toContain(`${line}\texport function onDataAbort(at: usize, esr: u64, pc: u64): usize {`)
  expect(said).toMatch(/^#1 .* in sync \(\) at boot\/vectors\.S:\d+$/m)
  expect(said).not.toContain('Backtrace stopped')
})

test('gdb stops at a line of a compartment, and the backtrace leads out of it to the vectors', async () => {
  const file = 'src/vmm/pl011/transmit.ts'
  const line = await lineOf(file, 'core.consolePut(byte)')
  const said = await gdb(`hbreak ${file}:${line}`, 'continue', 'backtrace')
  const frames = said.split('\n').filter((each) => /^#\d+ /.test(each))
  expect(frames[0]).toMatch(new RegExp(`^#0 .* at ${file}:${line}$`))
  // Calls in tail position leave no frame.
  expect(frames.filter((frame) => !/ at (src\/(vmm|core)\/\S+\.ts|boot\/vectors\.S):\d+$/.test(frame))).toEqual([])
  expect(frames.some((frame) => / at src\/core\//.test(frame))).toBe(true)
  expect(frames.at(-1)).toMatch(/ in sync \(\) at boot\/vectors\.S:\d+$/)
  expect(said).not.toContain('Backtrace stopped')
})

test('an address of EL2 has a function and an AssemblyScript line', async () => {
  const { stdout } = await promisify(execFile)('llvm-nm-16', [system.elf]).catch(() =>
    promisify(execFile)('nm', [system.elf]),
  )
  const address = /^0*([0-9a-f]+) [tT] w2c_core_onHypercall$/m.exec(stdout)?.[1]
  const line = await lineOf('src/core/exit.ts', 'export function onHypercall(at: usize): usize {')
  expect(new Symbols(system.elf).explain(`pc 0x${address}`)).toEqual([
    `0x${address} is in w2c_core_onHypercall, src/core/exit.ts:${line + 1}`,
  ])
})
