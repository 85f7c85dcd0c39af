/** The life of VMs as a person or a script steers it from another terminal: every command, on a board that `bulkhead run` plays. */
import { expect, test } from 'vitest'
import { type StateEvent, status } from '../../tool/control/protocol.ts'
import { EXIT } from '../../tool/ui/failure.ts'
import { buildIsolationGuest } from '../guest/build.ts'
import { GUESTS } from '../guest/catalogue.ts'
import { withBoard } from './harness/board.ts'
import { bulkhead, during, refused, start } from './harness/command.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, configFile, packed } from './harness/system.ts'

const MINUTE = 60_000

const statesOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StateEvent)
    .filter((event) => event.cause !== undefined)
    .map(({ vm, state, cause }) => `${vm} ${state} ${cause}`)

/** A guest that is slow at its line, on a busy machine, has it shown in pieces. */
const whole = (text: string) => text.replaceAll('\n', '')

const VIRT = { name: 'qemu-virt', cpus: 4, memory: '256M' }

test.each([
  { name: '2', title: 'GICv2', board: VIRT, gic: ['--gic', '2'] },
  { name: '3', title: 'GICv3', board: VIRT, gic: ['--gic', '3'] },
  { name: 'rpi4', title: 'a Raspberry Pi 4', board: { name: 'rpi4' }, gic: [] },
])(
  'every command through the socket of a run, $title',
  async ({ name, board, gic }) => {
    const { elf } = await buildIsolationGuest(GUESTS.find(({ name }) => name === 'no-vectors')!)
    const file = await configFile(`cli-${name}`, {
      name: `test-cli-${name}`,
      board,
      vms: [NEIGHBOUR, { ...NEIGHBOUR, name: 'target' }, { name: 'crash', memory: '4M', kernel: elf, onCrash: 'stop' }],
    })
    await during(['run', file, ...gic], async ({ seen }) => {
      await seen(/target +\| pulse: \d+ periods/)
      await seen(/VM 'crash' crashed/)
      // What the guest was doing, by the names of its own ELF file.
      await seen(/0x[0-9a-f]+ is in crash's \w+/)
      const listed = status.array().parse(JSON.parse(await bulkhead(file, 'ps', '--json')))
      expect(listed.map(({ vm, state, vcpus }) => `${vm} ${state} ${vcpus}`)).toEqual([
        'pulse running 1',
        'target running 1',
        'crash crashed 1',
      ])
      expect(await bulkhead(file, 'ps')).toMatch(/^VM +STATE .*\npulse +running +1\/1 .*1 MiB/)

      await during(['events', '--json', '--target', file], async ({ told, seen }) => {
        await seen(/following/)
        expect(await bulkhead(file, 'pause', 'target')).toBe('target is paused\n')
        expect(await bulkhead(file, 'explain', 'target')).toMatch(
          /^vCPU 0 on core \d: paused at 0x4.*\n {2}its last exits, the latest first:\n {4}interrupt \d+, pc 0x4/,
        )
        const again = await start(['pause', 'target', '--target', file]).ended
        expect([again.code, again.stderr]).toEqual([1, 'bulkhead: target cannot do that now: it is paused\n'])
        expect(await bulkhead(file, 'resume', 'target')).toBe('target goes on\n')
        expect(await bulkhead(file, 'restart', 'target')).toBe('target runs anew\n')
        expect(JSON.parse(await bulkhead(file, 'stop', 'target', '--json'))).toEqual({ vm: 'target', state: 'stopped' })
        expect(await bulkhead(file, 'start', 'target')).toBe('target runs\n')
        await bulkhead(file, 'start', 'crash', '--no-wait')
        await seen(/"state":"crashed"/)
        expect(statesOf(told.stdout)).toEqual([
          'target paused pause',
          'target running resume',
          'target starting restart',
          'target running ready',
          'target stopped stop',
          'target starting start',
          'target running ready',
          'crash starting start',
          'crash running ready',
          'crash crashed crash',
        ])
        expect(told.stdout).toMatch(
          /"vm":"crash","kind":"no-vectors",.*"exit":"fetch of an instruction at 0xb000200, where it has nothing"/,
        )
        // The fetch is the latest; before, it printed.
        expect(told.stdout).toMatch(/"vm":"crash","kind":"exits",.*"at":"0xb000200"\},\{"pc":"0x4\w+","esr":"0x93/)
      })

      const unknown = await start(['stop', 'targt', '--target', file]).ended
      expect([unknown.code, unknown.stderr]).toEqual([
        1,
        "bulkhead: there is no VM 'targt': did you mean 'target'? (known: pulse, target, crash)\n",
      ])
      expect(whole(await bulkhead(file, 'logs', 'target'))).toMatch(/^pulse: control loop at 1000 Hz/)
      const followed = await bulkhead(file, 'logs', '-f', '--until', '^target +\\| .*\\d periods', '--timeout', '60')
      expect(whole(followed.replaceAll('target   | ', ''))).toContain('pulse: control loop at 1000 Hz')
      expect(await bulkhead(file, 'top', '--count', '1', '--interval', '0.2')).toMatch(
        /^VM +STATE +CPU %.*\npulse +running/,
      )
    })
    const gone = await start(['ps', '--target', file]).ended
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('no board is there; start the board')])
  },
  4 * MINUTE,
)

test('a serial line, and a console of its own there', async () => {
  const system = await packed({ name: 'cli-serial', vms: [NEIGHBOUR] })
  const args = argumentsFor(system, { icount: false }).filter((word) => word !== '-nographic')
  const board = { args: [...args, '-display', 'none', '-monitor', 'none', '-serial', 'pty'], vmNames: [] }
  await withBoard(board, async (qemu) => {
    const [, line] = await qemu.report(/redirected to (\/dev\/\S+)/)
    // A board that boots just now does not hear what is said.
    while ((await refused(line!, 'ps'))[0] === EXIT.TIMEOUT);
    expect(await bulkhead(line!, 'pause', 'pulse')).toBe('pulse is paused\n')
    expect(await bulkhead(line!, 'resume', 'pulse')).toBe('pulse goes on\n')
    await during(['console', 'pulse', '--target', line!], async ({ told, seen }) => {
      await seen(/^pulse: \d+ periods/m)
      expect(told.stdout).toContain('screen and keyboard: pulse')
    })
    const log = await start(['logs', '--target', line!]).ended
    expect([log.code, log.stderr]).toEqual([1, 'bulkhead: nobody kept what this board has said: use logs -f\n'])
  })
})
