/** `bulkhead run` as a CI job and a person at a terminal have it, with the real QEMU: exit codes, logs, signals, closed ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { ROOT } from '../../tool/config/project.ts'
import { configFile } from './harness/system.ts'

const TOOL = join(ROOT, 'tool/bulkhead.mjs')
/** Seconds after which a run that should have ended by itself is ended. */
const LATE = '60'

/** Instructions of flat guests. DDI 0487, "A64 base instructions alphabetical list"; DEN 0022, "SYSTEM_OFF". */
const SYSTEM_OFF = [0xd2800100, 0xf2b08000, 0xd4000002, 0x14000000] // mov x0, #8; movk x0, #0x8400, lsl 16; hvc 0; b .
const FOREVER = [0xd503207f, 0x17ffffff] // wfi; b -4
const LINES = [0xd2a12000, 0x52800141, 0xb9000001, 0x17ffffff] // movz x0, #0x900, lsl 16 (UARTDR); mov w1, #10; str w1, [x0]; b -4
const UNDEFINED = [0x00000000] // udf; VBAR_EL1 is 0, where no RAM is

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkhead-run-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function config(name: string, ...programs: [string, number[]][]): Promise<string> {
  const vms = await Promise.all(
    programs.map(async ([vm, words]): Promise<VmConfig> => {
      const file = join(folder, `${name}-${vm}.bin`)
      await writeFile(file, new Uint8Array(Uint32Array.from(words).buffer))
      return { name: vm, memory: '64K', kernel: { file, load: 0x4000_0000 }, dtb: false, onCrash: 'stop' }
    }),
  )
  return configFile(`run-${name}`, {
    board: { name: 'qemu-virt', cpus: 3, memory: '64M' },
    vms,
    name: `test-run-${name}`,
  })
}

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** `during` is called with what stdout has, each time that it grows. */
async function run(words: string[], during?: (child: ChildProcess, stdout: string) => void): Promise<Ended> {
  const child = spawn(process.execPath, [TOOL, 'run', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    ended.stdout += chunk
    during?.(child, ended.stdout)
  })
  child.stderr.on('data', (chunk) => {
    ended.stderr += chunk
  })
  ended.code = (await once(child, 'close'))[0]
  return ended
}

/** The QEMU that `child` started. */
async function qemuOf(child: ChildProcess): Promise<number> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  for (const pid of children.trim().split(' ')) {
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).startsWith('qemu-system-aarch64')) return Number(pid)
  }
  throw new Error(`no QEMU among the children of ${child.pid}: ${children}`)
}

test.each([
  ['off', 'all guests have ended', [SYSTEM_OFF, SYSTEM_OFF], [], 0, /All guests have ended/],
  [
    'until',
    'every --until has matched',
    [FOREVER, FOREVER],
    ['--until', "VM 'one': 64 KiB", '--until', "VM 'two'"],
    0,
    /waited/,
  ],
  [
    'time',
    '--timeout is over',
    [FOREVER, FOREVER],
    ['--timeout', '1.5', '--until', 'never seen'],
    124,
    /The 1.5 s are over/,
  ],
  [
    'early',
    'the guests ended before --until matched',
    [SYSTEM_OFF, SYSTEM_OFF],
    ['--until', 'no such line'],
    4,
    /not every/,
  ],
  ['crash', 'a VM crashed', [UNDEFINED, SYSTEM_OFF], [], 3, /The machine is off .*; crashed: one/],
] as const)('%s: %s', async (name, _, [one, two], options, code, said) => {
  const file = await config(name, ['one', [...one]], ['two', [...two]])
  const late = (options as readonly string[]).includes('--timeout') ? [] : ['--timeout', LATE]
  const ended = await run([file, ...options, ...late])
  expect({ ...ended, stdout: '' }).toEqual({ code, stdout: '', stderr: expect.stringMatching(said) })
  expect(ended.stdout).toMatch(/^bulkhead \| Bulkhead \d/m)
})

test('one log for each VM, one for the hypervisor, one with everything', async () => {
  const logs = join(folder, 'a/b/logs')
  const file = await config('log', ['one', SYSTEM_OFF], ['two', SYSTEM_OFF])
  const { code, stdout } = await run([file, '--log', logs, '--timeout', LATE])
  expect(code).toBe(0)
  expect(await readFile(join(logs, 'console.log'), 'utf8')).toBe(stdout)
  expect(await readFile(join(logs, 'one.log'), 'utf8')).toBe('')
  expect(await readFile(join(logs, 'bulkhead.log'), 'utf8')).toContain("VM 'one' powered itself off; it stays off\n")
})

test('--json: an object for each line, the end last, and nothing else', async () => {
  const file = await config('json', ['one', SYSTEM_OFF])
  const { code, stdout, stderr } = await run([file, '--json', '--timeout', LATE])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.at(-1)).toMatchObject({ end: 'off', crashed: [], exitCode: 0 })
  expect(lines.slice(0, -1).every(({ source, text, note }) => source && (text ?? note) !== undefined)).toBe(true)
  expect([code, stderr]).toEqual([0, ''])
})

test('--dry-run prints a command that a shell runs', async () => {
  const file = await config('dry', ['one', SYSTEM_OFF])
  await run([file, '--timeout', LATE])
  const { code, stdout } = await run([file, '--dry-run'])
  expect(code).toBe(0)
  const child = spawn('timeout', [LATE, 'sh', '-c', stdout], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  expect((await once(child, 'close'))[0]).toBe(0)
  expect(said).toContain('all VMs have ended; the board powers off')
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in the middle: exit code 130, and QEMU is gone',
  async (signal) => {
    const file = await config('signal', ['one', FOREVER])
    let qemu: Promise<number> | undefined
    const ended = await run([file, '--timeout', LATE], (child, stdout) => {
      if (qemu || !stdout.includes("VM 'one'")) return
      qemu = qemuOf(child).finally(() => child.kill(signal))
    })
    expect(ended).toMatchObject({ code: 130, stderr: expect.stringMatching(/\nInterrupted after/) })
    expect(existsSync(`/proc/${await qemu}`)).toBe(false)
  },
)

test('QEMU dies: exit code 125', async () => {
  const file = await config('dies', ['one', FOREVER])
  let killed = false
  const ended = await run([file, '--timeout', LATE], (child, stdout) => {
    if (killed || !stdout.includes("VM 'one'")) return
    killed = true
    void qemuOf(child).then((pid) => process.kill(pid, 'SIGKILL'))
  })
  expect(ended).toMatchObject({ code: 125, stderr: expect.stringMatching(/^bulkhead: QEMU failed: it was killed$/m) })
})

test('whoever reads stdout goes: the run ends', async () => {
  // Who has nothing to say any more does not notice that nobody listens.
  const file = await config('pipe', ['one', LINES])
  const command = `"$0" "$1" run "$2" --timeout ${LATE} 2>"$3" | head -1; exit "\${PIPESTATUS[0]}"`
  const child = spawn('bash', ['-c', command, process.execPath, TOOL, file, join(folder, 'err')], { stdio: 'ignore' })
  expect((await once(child, 'close'))[0]).toBe(130)
})

test('stdout on a full disk: it says so', async () => {
  const file = await config('full', ['one', FOREVER])
  const command = `"$0" "$1" run "$2" --timeout ${LATE} >/dev/full 2>"$3"`
  const child = spawn('sh', ['-c', command, process.execPath, TOOL, file, join(folder, 'full')], { stdio: 'ignore' })
  expect((await once(child, 'close'))[0]).toBe(1)
  expect(await readFile(join(folder, 'full'), 'utf8')).toMatch(/^bulkhead: stdout: no space is left; /m)
})

test('at a terminal: its settings are as before, whatever ended the run', async () => {
  const file = await config('terminal', ['one', FOREVER])
  const script = join(folder, 'terminal.sh')
  const tool = `"${process.execPath}" "${TOOL}" run "${file}" --timeout ${LATE}`
  const each = `sh -c 'echo pid $$; exec ${tool}'; echo exit $?; stty -g\n`
  await writeFile(script, `stty -g\n${each.repeat(3)}`)
  const child = spawn('script', ['-qec', `sh "${script}"`, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
  // Ctrl-a x, then signals.
  const ends = [
    () => child.stdin.write('\x01x'),
    (pid: number) => process.kill(pid, 'SIGINT'),
    (pid: number) => process.kill(pid, 'SIGTERM'),
  ]
  let said = ''
  let begun = 0
  child.stdout.on('data', (chunk) => {
    said += chunk
    const runs = [...said.matchAll(/^pid (\d+)\r?\n[\s\S]*?VM 'one'/gm)]
    for (; begun < runs.length; begun++) ends[begun]!(Number(runs[begun]![1]))
  })
  await once(child, 'close')
  expect([...said.matchAll(/^exit (\d+)/gm)].map(([, code]) => code)).toEqual(['0', '130', '130'])
  const settings = said.match(/^[0-9a-f]+(:[0-9a-f]+){10,}/gm) ?? []
  expect(settings).toHaveLength(1 + ends.length)
  expect(new Set(settings).size).toBe(1)
})
