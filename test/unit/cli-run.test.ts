/** How runs end, with a stand-in for QEMU; and the command line that the real one gets. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBoard } from '../../tool/config/board.ts'
import { qemuArguments, shellLine } from '../../tool/qemu/arguments.ts'
import { ConsoleLog } from '../../tool/qemu/log.ts'
import { runQemu } from '../../tool/qemu/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-run-'))
const path = process.env.PATH
beforeAll(() => {
  copyFileSync('test/fake/qemu.sh', join(folder, 'qemu-system-aarch64'))
  process.env.PATH = `${folder}${delimiter}${path}`
})
afterAll(() => {
  process.env.PATH = path
  rmSync(folder, { recursive: true })
})

const vmNames = ['linux', 'pulse']

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a run ends', () => {
  it.each([
    ['off', { end: 'off', crashed: [] }],
    ['crash', { end: 'off', crashed: ['pulse'] }],
    ['park', { end: 'parked' }],
    ['fail', { end: 'qemu', complaint: 'qemu-system-aarch64: no such machine' }],
  ])('%s', async (how, expected) => {
    expect(await runQemu({ args: [how], vmNames, timeout: 20 })).toMatchObject(expected)
  })

  it('once every pattern has matched', async () => {
    const until = [/^linux +\| Linux up/, /^bulkhead +\| Bulkhead/]
    expect(await runQemu({ args: ['hang'], vmNames, until, timeout: 20 })).toMatchObject({ end: 'matched' })
  })

  it('at a prompt, which has no line end', async () => {
    expect(await runQemu({ args: ['prompt'], vmNames, until: [/ # $/], timeout: 20 })).toMatchObject({ end: 'matched' })
  })

  it('after its time', async () => {
    expect(await runQemu({ args: ['hang'], vmNames, timeout: 0.3 })).toMatchObject({ end: 'timeout' })
  })

  it('when it is interrupted, and QEMU is gone then', async () => {
    const stop = new AbortController()
    let pid = 0
    const run = runQemu({
      args: ['hang'],
      vmNames,
      signal: stop.signal,
      onLine: ({ text }) => {
        pid = Number(text) || pid
        if (pid) stop.abort()
      },
    })
    expect(await run).toMatchObject({ end: 'interrupted' })
    expect(pid).toBeGreaterThan(0)
    expect(isAlive(pid)).toBe(false)
  })

  it('when whoever listens fails, as a log on a full disk does', async () => {
    let pid = 0
    const onLine = ({ text }: { text: string }) => {
      pid = Number(text) || pid
      if (pid) throw new Error('no space')
    }
    await expect(runQemu({ args: ['hang'], vmNames, timeout: 20, onLine })).rejects.toThrow('no space')
    expect(isAlive(pid)).toBe(false)
  })

  it('of a QEMU that does not listen', async () => {
    let pid = 0
    const onLine = ({ text }: { text: string }) => {
      pid = Number(text) || pid
    }
    const run = runQemu({ args: ['stubborn'], vmNames, until: [/^\d+$/], timeout: 20, onLine })
    expect(await run).toMatchObject({ end: 'matched' })
    expect(isAlive(pid)).toBe(false)
  })
})

describe('a run', () => {
  it('passes on what is typed', async () => {
    const run = runQemu({
      args: ['echo'],
      vmNames,
      until: [/typed ls/],
      timeout: 20,
      onStart: (type) => type('ls\n'),
    })
    expect(await run).toMatchObject({ end: 'matched' })
  })

  it('writes one log for each VM', async () => {
    const logs = join(folder, 'logs')
    const log = new ConsoleLog(logs, vmNames)
    await runQemu({ args: ['off'], vmNames, onLine: (line) => log.add(line) })
    log.close()
    expect(readFileSync(join(logs, 'linux.log'), 'utf8')).toBe('Linux up\n')
    expect(readFileSync(join(logs, 'pulse.log'), 'utf8')).toBe('')
    expect(readFileSync(join(logs, 'console.log'), 'utf8')).toBe('bulkhead | Bulkhead 0.1.0\nlinux    | Linux up\n')
  })
})

describe("QEMU's command line", async () => {
  const board = await loadBoard('qemu-virt')
  const machine = { board, cores: 4, ramSize: 2 ** 30, gic: 3 } as const
  const files = { image: 'build/bulkhead.img', bundle: 'build/a b/bundle.itb' }

  it('plays the board', () => {
    expect(shellLine('qemu', qemuArguments({ machine, gic: 2, ...files }))).toBe(
      'qemu -M virt,virtualization=on,gic-version=2 -cpu cortex-a72 -smp 4 -m 1024M -accel tcg,thread=multi ' +
        "-nographic -nic none -no-reboot -kernel build/bulkhead.img -initrd 'build/a b/bundle.itb'",
    )
  })

  it('counts instructions, waits for a debugger', () => {
    const line = shellLine('qemu', qemuArguments({ machine, gic: 3, ...files, icount: true, gdb: true }))
    expect(line).toContain('-cpu cortex-a72,cntfrq=1000000000')
    expect(line).toContain('-icount shift=0,sleep=off')
    expect(line).toContain('-S -gdb tcp:127.0.0.1:1234')
  })
})
