/** What a right config means: defaults, cores, room in the board's RAM. */
import { describe, expect, it } from 'vitest'
import { loadBoard } from '../../tool/config/board.ts'
import { checkRam } from '../../tool/config/check/memory.ts'
import { assignCores } from '../../tool/config/core.ts'
import type { VmConfig } from '../../tool/config/define.ts'
import type { Life } from '../../tool/config/life.ts'
import { draft } from '../../tool/config/system.ts'

const MiB = 2 ** 20
const vm = (fields: Partial<VmConfig>): VmConfig => ({ name: 'a', memory: '64M', kernel: 'Image', ...fields })

async function system(...vms: VmConfig[]) {
  const result = await draft('/systems/Two Guests/bulkhead.config.ts', { board: 'qemu-virt', vms })
  expect(result.problems).toEqual([])
  return { ...result, machine: result.machine! }
}

const DEFAULT = {
  onCrash: 'restart',
  onReboot: 'restart',
  onShutdown: 'stop',
  onLimit: 'stop',
  limit: 5,
  backoff: 0,
  critical: false,
  autostart: true,
  template: false,
  after: [],
  awaits: [],
  patience: 0,
  watchdog: false,
}

describe('defaults', () => {
  it('fills in what a config leaves out', async () => {
    const { name, hash, machine, vms } = await system(vm({}))
    expect({ name, hash }).toEqual({ name: 'two-guests', hash: 'crc32' })
    expect({ ...machine, board: machine.board.name }).toEqual({
      board: 'qemu-virt',
      cores: 4,
      ramSize: 1024 * MiB,
      gic: 3,
    })
    expect(vms).toEqual([
      {
        index: 0,
        name: 'a',
        cpus: 1,
        memory: 64 * MiB,
        kernel: { file: '/systems/Two Guests/Image' },
        dtb: { generated: true },
        devices: ['uart', 'rtc'],
        virtio: [],
        ramBase: 0x4000_0000,
        passthrough: [],
        trustedDma: false,
        debug: false,
        control: false,
        places: [],
        life: DEFAULT,
      },
    ])
  })

  it.each([
    [{ onCrash: 'stop' }, { onCrash: 'stop' }],
    [{ restarts: { limit: Number.POSITIVE_INFINITY } }, { limit: 0 }],
    [
      { onShutdown: 'restart', restarts: { limit: 9, backoff: '1.5s', onLimit: 'reboot-board' } },
      { onShutdown: 'restart', limit: 9, backoff: 1500, onLimit: 'reboot-board' },
    ],
    [
      { critical: true, autostart: false },
      { critical: true, autostart: false },
    ],
    [
      { watchdog: true, heartbeat: { within: '200ms' } },
      { watchdog: true, heartbeat: { within: 200_000, first: 60_000_000 } },
    ],
    [{ heartbeat: { within: '2s', first: '5s' } }, { heartbeat: { within: 2_000_000, first: 5_000_000 } }],
    [{ template: true }, { template: true }],
    [{ after: ['b', { vm: 'c' }] }, { after: ['b', 'c'] }],
    [
      { after: [{ vm: 'b', ready: true }, { vm: 'c', ready: true, within: '90s' }, 'd'] },
      { after: ['b', 'c', 'd'], awaits: ['b', 'c'], patience: 90_000 },
    ],
    [{ after: [{ vm: 'b', ready: true }] }, { after: ['b'], awaits: ['b'], patience: 60_000 }],
  ] as [Partial<VmConfig>, Partial<Life>][])('life %j', async (config, expected) => {
    expect((await system(vm(config))).vms[0]!.life).toEqual({ ...DEFAULT, ...expected })
  })

  it('counts vCPUs by the cores that are named', async () => {
    expect((await system(vm({ cores: [3, 1] }))).vms[0]!.cpus).toBe(2)
  })
})

describe('cores', () => {
  it('gives named cores first, then the lowest that nobody names', async () => {
    const { machine, vms } = await system(vm({}), vm({ name: 'b', cores: [0] }), vm({ name: 'c', cpus: 2 }))
    expect(assignCores(machine, vms)).toEqual([[1], [0], [2, 3]])
  })
})

describe("the board's RAM", async () => {
  const machine = { board: await loadBoard('qemu-virt'), cores: 4, ramSize: 1024 * MiB, gic: 3 } as const

  it('counts each VM in one piece, below or above the bundle', async () => {
    const { vms } = await system(vm({ memory: '100M' }), vm({ name: 'b', memory: '850M' }))
    expect(checkRam(vms, machine, 30 * MiB)).toEqual([])
    expect(checkRam(vms, machine, 60 * MiB)).toMatchObject([{ path: 'vms[1].memory' }])
  })

  it('names an amount that is enough', async () => {
    const { vms } = await system(vm({ memory: '900M' }), vm({ name: 'b', memory: '900M' }))
    const [problem] = checkRam(vms, machine, 30 * MiB)
    const enough = Number(/memory: '(\d+)M'/.exec(problem!.remedy)![1]) * MiB
    expect(checkRam(vms, { ...machine, ramSize: enough }, 30 * MiB)).toEqual([])
  })
})
