/** VMs that are made of templates and unmade, over and over, while a neighbour's control loop runs; and what the tool says of what cannot be. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PATIENCE, reached } from '../../tool/command/operate.ts'
import { buildFolder } from '../../tool/command/prepare.ts'
import { Client } from '../../tool/control/client.ts'
import { socketPath } from '../../tool/control/socket.ts'
import { connect } from '../../tool/control/target.ts'
import { bulkhead, during, refused } from './harness/command.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { configFile } from './harness/system.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const CYCLES = Number(process.env.CYCLES ?? 20)
/** A fifth of core 2. */
const cpu = { cores: [2], budget: '2ms', period: '10ms' }

test.each(['2', '3'])(
  'made and unmade, GICv%s',
  async (gic) => {
    const file = await system(gic)
    await during(['run', file, '--gic', gic, '--icount'], async ({ told, seen }) => {
      await seen(/pulse +\| pulse: 1000 periods/)
      const { free } = await withClient(file, gic, (client) => client.hello())

      // As a person does it.
      expect(await bulkhead(file, 'create', 'worker')).toBe('worker runs\n')
      expect(await bulkhead(file, 'create', 'worker', '--name', 'other')).toBe('other runs\n')
      await seen(/other +\| pulse: 1000 periods/)
      expect(await bulkhead(file, 'ps')).toMatch(/^VM .*\npulse +running .*\nworker +running .*\nother +running /)
      expect(await bulkhead(file, 'destroy', 'worker')).toBe('worker is no more\n')
      expect(JSON.parse(await bulkhead(file, 'destroy', 'other', '--json'))).toEqual({ vm: 'other', state: 'absent' })

      // As a program does it.
      await withClient(file, gic, async (client) => {
        for (let i = 0; i < CYCLES; i++) {
          await reached(client, 'worker', 'running', PATIENCE, () => client.create('worker'))
          await reached(client, 'worker', 'stopped', PATIENCE, () => client.ask('stop', 'worker'))
          await reached(client, 'worker', 'absent', PATIENCE, () => client.destroy('worker', false))
        }
        // Places that were used for the first time keep their records and windows.
        const after = (await client.hello()).free
        expect(free - after).toBeLessThan(2 * 0x4_0000)
      })
      const reports = () => told.stdout.match(/^pulse +\| pulse: \d+ periods.*$/gm)!
      const soFar = reports().length
      await seen(() => reports().length >= soFar + 2)
      expect(told.stdout.match(/VM 'worker' is no more$/gm)).toHaveLength(CYCLES + 1)
      expect(reports().filter((line) => !line.endsWith('(0 missed)'))).toEqual([])
    })
  },
  5 * MINUTE + CYCLES * SECOND,
)

test('slips of the finger, and what there is no room for', async () => {
  const file = await system('3')
  await during(['run', file, '--gic', '3'], async ({ seen }) => {
    await seen(/pulse +\| pulse: \d+ periods/)
    expect(await bulkhead(file, 'create', 'vital')).toBe('vital is defined\n')
    expect(await refused(file, 'destroy', 'vital')).toEqual([
      1,
      'bulkhead: vital is critical: --force destroys it all the same\n',
    ])
    expect(await bulkhead(file, 'destroy', 'vital', '--force')).toBe('vital is no more\n')
    expect(await refused(file, 'destroy', 'vital')).toEqual([1, "bulkhead: there is no VM 'vital': known: pulse\n"])
    expect(await refused(file, 'destroy', 'pulse')).toEqual([
      1,
      'bulkhead: pulse is a VM of the config, not of a template: it can be stopped, not destroyed\n',
    ])
    expect(await refused(file, 'create', 'work')).toEqual([
      1,
      "bulkhead: there is no template 'work': did you mean 'worker'? (known: worker, vital, large, greedy)\n",
    ])
    await bulkhead(file, 'create', 'large')
    await bulkhead(file, 'create', 'large', '--name', 'larger')
    for (const [words, wrong] of [
      [['large', '--name', 'largest'], 'no piece of free RAM holds it: destroy a VM, or give the template less'],
      [['large'], 'there is a VM of that name already'],
      [['worker', '--name', 'pulse'], 'there is a VM of that name already'],
      [['worker', '--name', 'No'], "that is no VM's name"],
    ] as const)
      expect(await refused(file, 'create', ...words)).toEqual([1, expect.stringContaining(wrong)])
    for (const name of ['large', 'larger']) await bulkhead(file, 'destroy', name)
    await bulkhead(file, 'create', 'greedy')
    expect(await refused(file, 'create', 'greedy', '--name', 'more')).toEqual([1, expect.stringMatching(/core/)])
    await bulkhead(file, 'destroy', 'greedy')
  })
})

async function withClient<T>(file: string, gic: string, work: (client: Client) => Promise<T>): Promise<T> {
  const path = socketPath(join(buildFolder(file), `test-create-${gic}`))
  const client = new Client(await connect({ kind: 'unix', path }))
  try {
    return await work(client)
  } finally {
    client.close()
  }
}

async function system(gic: string): Promise<string> {
  return configFile(`create-${gic}`, {
    name: `test-create-${gic}`,
    board: { name: 'qemu-virt', cpus: 4, memory: '256M' },
    vms: [
      { ...NEIGHBOUR, cores: [1] },
      { ...NEIGHBOUR, name: 'worker', template: true, cpu },
      { ...NEIGHBOUR, name: 'vital', template: true, cpu, critical: true, autostart: false },
      { ...NEIGHBOUR, name: 'large', memory: '112M', template: true, cpu, autostart: false },
      { ...NEIGHBOUR, name: 'greedy', template: true, cpu: { ...cpu, budget: '6ms' }, autostart: false },
    ],
  })
}
