/** The command line itself: words that nobody knows, help, exit codes. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkOptions, every, pattern, seconds } from '../../tool/ui/option.ts'
import { editDistance, nearest } from '../../tool/ui/suggest.ts'
import { bulkhead } from '../fake/command-line.ts'

const options = {
  config: { type: 'positional' },
  gdb: { type: 'boolean' },
  until: { type: 'string', description: 'a pattern' },
} as const

describe('options', () => {
  it.each([[['a', '--gdb', '--until', 'x', '--until=y']], [['--until', '-x']], [[]]])('%j are fine', (words) =>
    checkOptions(words, options),
  )

  it.each([
    [['--gbd'], /no option --gbd: did you mean 'gdb'\?/],
    [['-g'], /no option -g/],
    [['--gdb=1'], /--gdb takes no value/],
    [['--until'], /--until needs a value: a pattern/],
    [['--until', '--gdb'], /--until needs a value/],
    [['a', 'b'], /'b' is one word too many/],
  ])('%j are refused', (words, message) => expect(() => checkOptions(words, options)).toThrow(message))

  it('may stand several times', () => {
    expect(every(['--until', 'a', 'b', '--until=c=d'], 'until')).toEqual(['a', 'c=d'])
  })

  it('hold numbers and patterns', () => {
    expect(seconds('1.5', '--timeout')).toBe(1.5)
    expect(() => seconds('soon', '--timeout')).toThrow(/--timeout soon: write a number/)
    expect(() => pattern('(', '--until')).toThrow(/--until: Invalid regular expression/)
  })
})

describe('suggestions', () => {
  it.each([
    ['memroy', 'memory', 1],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('%s, %s: %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))

  it('are near, or none', () => {
    expect(nearest('chek', ['build', 'check'])).toBe('check')
    expect(nearest('zebra', ['build', 'check'])).toBeUndefined()
  })
})

describe('bulkhead', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-cli-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('lists its commands and its exit codes', async () => {
    expect((await bulkhead('help')).stdout).toMatch(/run +Build a system and boot it in QEMU/)
    expect((await bulkhead('run', '--help')).stdout).toMatch(/124 +--timeout is over/)
  })

  it('names an unknown command in one line, without a stack', async () => {
    expect(await bulkhead('biuld')).toEqual({
      status: 1,
      stdout: '',
      stderr:
        "bulkhead: there is no command 'biuld': did you mean 'build'? " +
        '(known: demo, run, build, image, flash, check, selftest, ps, logs, console, start, stop, restart, pause, resume, events, top, ' +
        'explain, gdb, inspect, setup, completion, help)\n',
    })
  })

  it('names the place of a syntax error', () => {
    const file = join(folder, 'bad.config.ts')
    writeFileSync(file, 'export default {\n  board: ,\n}\n')
    const { status, stderr } = spawnSync(process.execPath, ['tool/bulkhead.mjs', 'check', file], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^bulkhead: .*bad\.config\.ts:2:9: Unexpected ","; mend the syntax there\n$/)
  })

  it('prints what is wrong as JSON', async () => {
    const { status, stdout } = await bulkhead('check', '--json', 'test/config/cpus-zero.config.ts')
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ path: 'vms[0].cpus' }] })
  })

  it('prints the QEMU command without running it', async () => {
    const file = join(folder, 'right.config.ts')
    writeFileSync(join(folder, 'code'), '\0\0\0\x14')
    writeFileSync(
      file,
      `export default { board: 'qemu-virt', vms: [
        { name: 'a', memory: '64K', kernel: { file: 'code', load: 0x4000_0000 } }] }`,
    )
    const { status, stdout } = await bulkhead('run', '--dry-run', '--gic=2', file)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^qemu-system-aarch64 -M virt,virtualization=on,gic-version=2 .*bundle\.itb\n$/)
  })

  it('completes in a shell', async () => {
    const { stdout } = await bulkhead('completion', 'bash')
    const script = `${stdout}\nCOMP_WORDS=(bulkhead run --ti) COMP_CWORD=2; _bulkhead; echo "\${COMPREPLY[@]}"`
    expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout).toBe('--timeout\n')
  })
})
