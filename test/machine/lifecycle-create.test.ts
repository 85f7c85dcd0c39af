/** VMs that are made of templates and unmade, over and over, while a neighbour's control loop runs; and what the tool says of what cannot be. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildFolder } from '../../tool/command/prepare.ts'
import { Client } from '../../tool/control/client.ts'
import { socketPath } from '../../tool/control/socket.ts'
import { connect } from '../../tool/control/target.ts'
import { bulkhead, during, start } from './harness/command.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { configFile } from './harness/system.ts'

const MINUTE = 60_000
const CYCLES = Number(process.env.CYCLES ?? 20)
/** A fifth of core 2. */
const cpu = { cores: [2], budget: '2ms', period: '10ms' }

test.each(['2', '3'])(
  'made and unmade, GICv%s',
  async (gic) => {
    const file = await configFile(`create-${gic}`, {
      name: `test-create-${gic}`,
      board: { name: 'qemu-virt', cpus: 4, memory: '256M' },
      vms: [
        { ...NEIGHBOUR, cores: [1] },
        { ...NEIGHBOUR, name: 'worker', template: true, cpu },
        { ...NEIGHBOUR, name: 'vital', template: true, cpu, critical: true, autostart: false },
        { ...NEIGHBOUR, name: 'large', memory: '112M', template: true, cpu, autostart: false },
      ],
    })
    // Whatever takes long on a busy machine is done when the board starts.
    expect((await start(['build', file]).ended).code).toBe(0)
    await during(['run', file, '--gic', gic, '--icount'], async ({ told, seen }) => {
      await seen(/pulse +\| pulse: 1000 periods/)
      // As a person does it.
      expect(await bulkhead(file, 'create', 'worker')).toBe('worker runs\n')
      expect(await bulkhead(file, 'create', 'worker', '--name', 'other')).toBe('other runs\n')
      await seen(/other +\| pulse: 1000 periods/)
      expect(await bulkhead(file, 'ps')).toMatch(/^VM .*\npulse +running .*\nworker +running .*\nother +running /)
      expect(await bulkhead(file, 'destroy', 'worker')).toBe('worker is no more\n')
      expect(JSON.parse(await bulkhead(file, 'destroy', 'other', '--json'))).toEqual({ vm: 'other', state: 'absent' })
      expect(await bulkhead(file, 'create', 'vital')).toBe('vital is defined\n')

      const refused = async (...words: string[]) => {
        const { code, stderr } = await start([...words, '--target', file]).ended
        return [code, stderr]
      }
      expect(await refused('destroy', 'vital')).toEqual([
        1,
        'bulkhead: vital is critical: --force destroys it all the same\n',
      ])
      expect(await bulkhead(file, 'destroy', 'vital', '--force')).toBe('vital is no more\n')
      expect(await refused('destroy', 'vital')).toEqual([1, "bulkhead: there is no VM 'vital': known: pulse\n"])
      expect(await refused('destroy', 'pulse')).toEqual([
        1,
        'bulkhead: pulse is a VM of the config, not of a template: it can be stopped, not destroyed\n',
      ])
      for (const name of ['one', 'two']) await bulkhead(file, 'create', 'large', '--name', name)
      expect(await refused('create', 'large')).toEqual([
        1,
        'bulkhead: no piece of free RAM holds it: destroy a VM, or give the template less\n',
      ])
      for (const name of ['one', 'two']) await bulkhead(file, 'destroy', name)
      expect((await refused('create', 'work'))[1]).toContain("there is no template 'work'")
      expect((await refused('create', 'worker', '--name', 'pulse'))[1]).toContain('there is a VM of that name already')
      expect((await refused('create', 'worker', '--name', 'No'))[1]).toContain("that is no VM's name")

      // As a program does it.
      const client = new Client(
        await connect({ kind: 'unix', path: socketPath(join(buildFolder(file), `test-create-${gic}`)) }),
      )
      try {
        const until = (vm: string, state: string) =>
          new Promise<void>((resolve) => {
            const stop = client.listen({
              state: (event) => {
                if (event.vm !== vm || event.state !== state) return
                stop()
                resolve()
              },
            })
          })
        const { free } = await client.hello()
        for (let i = 0; i < CYCLES; i++) {
          const runs = until('worker', 'running')
          await client.create('worker')
          await runs
          const rests = until('worker', 'stopped')
          await client.ask('stop', 'worker')
          await rests
          const gone = until('worker', 'absent')
          await client.destroy('worker', false)
          await gone
        }
        expect((await client.hello()).free).toBe(free)
      } finally {
        client.close()
      }
      const seenSoFar = told.stdout.match(/pulse +\| pulse: 1000 periods/g)!.length
      await seen(new RegExp(`(pulse +\\| pulse: 1000 periods[^]*){${seenSoFar + 2}}`))
      const reports = told.stdout.match(/^pulse +\| pulse: \d+ periods.*$/gm)!
      expect(reports.filter((line) => !line.endsWith('(0 missed)'))).toEqual([])
    })
  },
  5 * MINUTE,
)
