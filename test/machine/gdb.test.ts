/** gdb on guests of a running board: registers, memory, breakpoints, watchpoints, steps, crashes; and the guest that goes on as if nothing had been. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { debian } from '../../tool/config/source.ts'
import { buildIsolationGuest } from '../guest/build.ts'
import { bulkhead, during, start } from './harness/command.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { configFile } from './harness/system.ts'

const MINUTE = 60_000

/** What gdb says to these commands. */
async function gdb(port: string, file: string | undefined, ...commands: string[]): Promise<string> {
  const script = ['set pagination off', 'set remotetimeout 30', `target remote :${port}`, ...commands]
  const words = ['-nx', '-batch', ...(file ? [file] : []), ...script.flatMap((command) => ['-ex', command])]
  const { stdout, stderr } = await promisify(execFile)('gdb-multiarch', words, { timeout: 2 * MINUTE })
  return stdout + stderr
}

/** `work` with the port at which `bulkhead gdb` serves the VM. */
async function withStub(target: string, vm: string, work: (port: string) => Promise<void>): Promise<void> {
  await during(['gdb', vm, '--target', target], async ({ told, seen }) => {
    await seen(/target remote :\d+/)
    await work(/target remote :(\d+)/.exec(told.stdout)![1]!)
  })
}

test.each(['2', '3'])(
  'a bare-metal guest, GICv%s',
  async (gic) => {
    const { elf } = await buildIsolationGuest({ name: 'debuggee', source: 'debug/debuggee.S', asks: '', expect: /./ })
    const file = await configFile(`gdb-${gic}`, {
      name: `test-gdb-${gic}`,
      board: { name: 'qemu-virt', cpus: 3, memory: '256M' },
      vms: [
        NEIGHBOUR,
        {
          name: 'debuggee',
          memory: '16M',
          kernel: elf,
          debug: true,
          heartbeat: { within: '5s', first: '60s' },
          onCrash: 'stop',
        },
      ],
    })
    await during(['run', file, '--gic', gic], async ({ told, seen }) => {
      await seen(/debuggee \| debuggee goes on/)
      await withStub(file, 'debuggee', async (port) => {
        const said = await gdb(
          port,
          elf,
          'break count',
          'continue',
          'backtrace 2',
          'stepi',
          'printf "at %d\\n", $pc - (long)&count',
          // A device that is emulated: one instruction, and not one more.
          'hbreak *&device',
          'continue',
          'stepi',
          'printf "over %d\\n", $pc == (long)&behind',
          'delete',
          // Memory and registers, as a guest with its MMU on has them.
          'set {long}&counter = 0x1000',
          'watch *(long*)&counter',
          'continue',
          'delete',
          'printf "x1 %#lx\\n", $x1',
          'set $v3.d.u[1] = 0x123456789abcdef0',
          'set $x9 = 77',
          'stepi',
          'printf "v3 %#lx x9 %d\\n", $v3.d.u[1], $x9',
          'p {int}0x7000000000',
          'info threads',
          'detach',
        )
        expect(said).toMatch(/Breakpoint 1, count \(\) at test\/guest\/debug\/debuggee\.S:\d+/)
        expect(said).toMatch(/^#1 +0x[0-9a-f]+ in again \(\) at test\/guest\/debug\/debuggee\.S:\d+/m)
        expect(said).toContain('at 4\n')
        expect(said).toMatch(/Breakpoint 2, device \(\) at/)
        expect(said).toContain('over 1\n')
        expect(said).toMatch(/Old value = 4096\nNew value = 4097/)
        expect(said).toContain('x1 0x1001\n')
        expect(said).toContain('v3 0x123456789abcdef0 x9 77\n')
        expect(said).toMatch(/Cannot access memory at address 0x7000000000/)
        expect(said).toMatch(/^\* 1 +Thread 1 /m)
        // Its own BRK reached it in every round, or it would have said so.
        const before = told.stdout.match(/debuggee goes on/g)!.length
        await seen(new RegExp(`^(?:(?:(?!goes on)[^])*goes on){${before + 1}}`))
        expect(told.stdout).not.toContain('FAIL')
        expect(told.stdout).not.toMatch(/debuggee' is paused/)

        // It hangs, has all of its time again, still hangs; helped on, it is as before.
        const hung = await gdb(
          port,
          elf,
          'break count',
          'continue',
          'delete',
          'set $pc = (long)&hang',
          'continue',
          'printf "hangs at %d\\n", $pc - (long)&hang',
          'continue',
          'set $pc = (long)&again',
          'detach',
        )
        expect(hung.match(/^Program received signal SIGTERM/gm)).toHaveLength(2)
        expect(hung.match(/^The VM hangs: no sign of life in time/gm)).toHaveLength(2)
        expect(hung).toContain('hangs at 0\n')
        expect(told.stdout).toMatch(/VM 'debuggee' hangs: no sign of life in time, .*; its debugger has it/)
        const since = told.stdout.match(/debuggee goes on/g)!.length
        await seen(new RegExp(`^(?:(?:(?!goes on)[^])*goes on){${since + 1}}`))
        expect(told.stdout).not.toContain("VM 'debuggee' crashed")

        const crashed = await gdb(
          port,
          elf,
          'break count',
          'continue',
          'set $pc = (long)&crash',
          'continue',
          'printf "vectors %#lx\\n", $pc',
          'detach',
        )
        expect(crashed).toMatch(/Program received signal SIGSEGV/)
        expect(crashed).toContain('vectors 0x80000200\n')
        // Nobody holds it any more.
        await seen(/VM 'debuggee' crashed; it stays off/)
      })
      const refused = await start(['gdb', 'pulse', '--target', file]).ended
      expect([refused.code, refused.stderr]).toEqual([
        1,
        'bulkhead: pulse may not be debugged: give it debug: true in the config, and build it again\n',
      ])
      expect(JSON.parse(await bulkhead(file, 'ps', '--json'))[0]).toMatchObject({ vm: 'pulse', state: 'running' })
    })
  },
  4 * MINUTE,
)

test.each(['2', '3'])(
  "Debian's kernel on two vCPUs, GICv%s",
  async (gic) => {
    const file = await configFile(`gdb-linux-${gic}`, {
      name: `test-gdb-linux-${gic}`,
      board: { name: 'qemu-virt', cpus: 3, memory: '512M' },
      vms: [
        {
          name: 'linux',
          cpus: 2,
          memory: '192M',
          kernel: debian.kernel(),
          initrd: debian.busyboxInitrd({
            lines: [
              'grep " do_sys_openat2$" /proc/kallsyms',
              'n=0; while true; do n=$((n + 1)); cat /proc/uptime > /dev/null; echo round $n; sleep 1; done',
            ],
          }),
          bootargs: 'console=ttyAMA0 quiet nokaslr',
          debug: true,
        },
      ],
    })
    await during(['run', file, '--gic', gic], async ({ told, seen }) => {
      await seen(/linux +\| round 2/)
      const [, address] = /linux +\| ([0-9a-f]{16}) T do_sys_openat2/i.exec(told.stdout)!
      await withStub(file, 'linux', async (port) => {
        const said = await gdb(
          port,
          undefined,
          'set architecture aarch64',
          'info threads',
          `hbreak *0x${address}`,
          'continue',
          // gdb guesses frames where it has no symbols; what it would find them by is right.
          'printf "caller %#lx\\n", $lr',
          'printf "frame %#lx %#lx\\n", ((long*)$x29)[0], ((long*)$x29)[1]',
          'delete',
          // The kernel's text is read-only to the kernel.
          `break *0x${address}`,
          'continue',
          'printf "at %#lx\\n", $pc',
          'stepi',
          `printf "then %d\\n", $pc - 0x${address}`,
          'delete',
          'detach',
        )
        expect(said).toMatch(/^\* 1 +Thread 1 /m)
        expect(said).toMatch(/^ {2}2 +Thread 2 /m)
        expect(said).toMatch(new RegExp(`Breakpoint 1, 0x${address} in`))
        expect(said).toMatch(/caller 0xffff8[0-9a-f]{11}\n/)
        expect(said).toMatch(/frame 0xffff8[0-9a-f]{11} 0xffff8[0-9a-f]{11}\n/)
        expect(said).toContain(`at 0x${address}\n`)
        expect(said).toContain('then 4\n')
      })
      const rounds = [...told.stdout.matchAll(/round (\d+)/g)].map(([, round]) => Number(round))
      await seen(new RegExp(`round ${Math.max(...rounds) + 2}\\b`))
      expect(told.stdout).not.toMatch(/Oops|BUG|panic|Unexpected/)
    })
  },
  4 * MINUTE,
)
