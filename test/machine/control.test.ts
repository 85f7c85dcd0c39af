/** The control protocol over other lines than the console: a VM that holds `control`, in the guest kit and in Debian's shell. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { ROOT } from '../../tool/config/project.ts'
import { assemblyscript, debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { bulkhead, during, start } from './harness/command.ts'
import { expectNothingMissed, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, configFile, packed } from './harness/system.ts'

const steward = (fields: Partial<VmConfig>): VmConfig => ({
  name: 'steward',
  memory: '2M',
  kernel: assemblyscript(join(ROOT, 'test/guest/device/steward.ts')),
  onCrash: 'stop',
  ...fields,
})

describe('a VM with control', () => {
  test.each([2, 3] as const)(
    'lists VMs, restarts its neighbour, hears of it, and is held to its rate, GICv%d',
    async (gic) => {
      const target: VmConfig = { ...NEIGHBOUR, name: 'target' }
      const system = await packed({ name: `control-${gic}`, vms: [NEIGHBOUR, steward({ control: true }), target] })
      await withBoard({ args: argumentsFor(system, { gic }), vmNames: system.vmNames }, async (board) => {
        const answer = (pattern: RegExp) => board.line('steward', pattern)
        await answer(/^{"jsonrpc":"2.0","id":1,"result":{"protocol":1,.*"vms":\["pulse","steward","target"\],/)
        await answer(/"id":2,"result":{"vm":"target",/)
        await answer(/"method":"state","params":{"seq":1,.*"vm":"target","state":"starting","cause":"restart"}}$/)
        await answer(/"vm":"target","state":"running","cause":"ready"}}$/)
        await answer(/"id":3,"error":{"code":-32001,"message":"unknown-vm"}}$/)
        await answer(/"id":4,"error":{"code":-32013,"message":"too-fast"}}$/)
        await board.line('steward', /^steward: done$/)
        // The serial line has its own rate, and nobody asked there so far.
        expect(board.text).not.toContain('\x1e')
        board.type('\x1e{"jsonrpc":"2.0","id":9,"method":"pause","params":{"vm":"target"}}\n')
        await board.heard(/{"jsonrpc":"2.0","id":9,"result".*}/)
        await board.heard(/"vm":"target","state":"paused"/)
        await expectNothingMissed(board)
      })
    },
  )

  test('without it a VM finds no such device', async () => {
    const system = await packed({ name: 'control-none', vms: [steward({ devices: ['uart', virtio.console()] })] })
    await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
      await board.line('steward', /^no control line$/)
      expect(await board.off()).toBe(0)
    })
  })

  test("in Debian's shell is a file: requests are written, answers read", async () => {
    const linux: VmConfig = {
      name: 'linux',
      memory: '192M',
      kernel: debian.kernel(),
      initrd: debian.busyboxInitrd({ modules: ['virtio_mmio', 'virtio_console'] }),
      bootargs: 'console=ttyAMA0 quiet',
      onCrash: 'stop',
      control: true,
    }
    const system = await packed({ name: 'control-linux', vms: [NEIGHBOUR, linux] })
    await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
      await board.line('linux', /^\/root # $/)
      board.type('\x1d2')
      await board.report(/^screen and keyboard: linux/)
      board.type('exec 3<>/dev/hvc0; stty raw -echo <&3; cat <&3 >/tmp/said &\n')
      const request = '\\036{"jsonrpc":"2.0","id":1,"method":"pause","params":{"vm":"pulse"}}\\n'
      board.type(`printf '${request}' >&3\n`)
      await board.report(/^VM 'pulse' is paused/)
      board.type('until grep -q \'"paused","cause"\' /tmp/said; do sleep 0.1; done; grep -c pulse /tmp/said\n')
      await board.line('linux', /^2$/)
    })
  })
})

test('a line with a key: the commands of who has it, and nobody else’s; the key is told to nobody', async () => {
  const [own, other] = ['5eed'.repeat(16), '0dd1'.repeat(16)]
  const folder = join(ROOT, 'build/test')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'own.key'), `${own}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'other.key'), `${other}\n`, { mode: 0o600 })
  const file = await configFile('control-key', {
    name: 'test-control-key',
    board: { name: 'qemu-virt', cpus: 2, memory: '128M' },
    control: { key: 'own.key' },
    vms: [NEIGHBOUR],
  })
  const built = join(ROOT, 'build/test-control-key')
  await during(['run', file], async ({ seen, told }) => {
    await seen(/pulse: \d+ periods/)
    // By the config's own key; then from afar, by what the environment names.
    expect(await bulkhead(file, 'pause', 'pulse')).toBe('pulse is paused\n')
    const from = (...words: string[]) => [...words, '--target', `unix:${built}/control.sock`]
    const by = (key: string) => ({ BULKHEAD_KEY: join(folder, key) })
    const resumed = await start(from('resume', 'pulse'), by('own.key')).ended
    expect([resumed.code, resumed.stdout]).toEqual([0, 'pulse goes on\n'])
    const none = await start(from('stop', 'pulse')).ended
    expect([none.code, none.stderr]).toEqual([1, 'bulkhead: the board wants a key: name its file in BULKHEAD_KEY\n'])
    const wrong = await start(from('stop', 'pulse'), by('other.key')).ended
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('the key is not the one that the board')])
    const missing = await start(from('ps'), by('no.key')).ended
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('there is no file')])
    expect(await bulkhead(file, 'ps')).toMatch(/^pulse +running/m)
    const page = await start(['inspect', file, '--html', join(folder, 'key.html')]).ended
    expect(page.code).toBe(0)
    expect(told.stdout + told.stderr).not.toContain(own)
  })
  for (const text of [join(built, 'system.json'), join(folder, 'key.html')]) {
    expect(await readFile(text, 'utf8')).not.toContain(own)
  }
  for (const secret of ['bundle.itb', 'bundle.its']) expect((await stat(join(built, secret))).mode & 0o077).toBe(0)
})

describe('a control line with a UART of its own', () => {
  test.each([
    ['qemu-virt', 'uart1'],
    ['rpi4', 'uart0'],
  ])('of %s takes every command, and the console has text alone', async (name, uart) => {
    const file = await configFile(`control-uart-${name}`, {
      name: `test-control-uart-${name}`,
      board: name === 'rpi4' ? name : { name, cpus: 2, memory: '128M' },
      control: { uart },
      vms: [NEIGHBOUR],
    })
    const log = join(ROOT, `build/test/uart-${name}`)
    await during(['run', file, '--log', log], async ({ seen }) => {
      await seen(/pulse: \d+ periods/)
      expect(await bulkhead(file, 'pause', 'pulse')).toBe('pulse is paused\n')
      expect(await bulkhead(file, 'explain', 'pulse')).toMatch(/^vCPU 0 on core \d: paused/)
      expect(await bulkhead(file, 'resume', 'pulse')).toBe('pulse goes on\n')
      expect(await bulkhead(file, 'ps')).toMatch(/^pulse +running/m)
      expect(await bulkhead(file, 'logs', 'pulse')).toContain('pulse: control loop at 1000 Hz')
    })
    const said = await readFile(join(log, 'console.log'), 'utf8')
    expect(said).toContain("VM 'pulse' is paused")
    expect(said).not.toContain('jsonrpc')
  })

  test('that QEMU does not fit is the console’s, as boot says', async () => {
    const system = await packed({ name: 'control-uart-absent', vms: [NEIGHBOUR], control: { uart: 'uart1' } })
    await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
      await board.report(/^the board has no such UART for the control line: it is the console's$/)
      board.type('\x1e{"jsonrpc":"2.0","id":1,"method":"hello"}\n')
      await board.heard(/{"jsonrpc":"2.0","id":1,"result".*}/)
    })
  })
})
