/** The systems that the bench boots to see what several cores, and several VMs on one core, cost each other. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGuest } from '../../tool/compile/guest.ts'
import type { SystemConfig, VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { ROOT } from '../../tool/config/project.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const OUT = join(ROOT, 'build/test')

/** What is on the board's own, for those systems that have it. */
const EXTRA: Partial<Record<string, Partial<SystemConfig>>> = {
  net: { networks: { lan: {} } },
  uplink: { networks: { wan: { uplink: 'nic0' } } },
  stored: { disks: { main: { file: join(OUT, 'bench-stored.disk'), partitions: { one: { size: '1M' } } } } },
}
const board = { name: 'qemu-virt', cpus: 2, memory: '256M' }
const pulse: VmConfig = { name: 'pulse', cores: [0], memory: '1M', kernel: entry('../../example/pulse/main.ts') }
const storm = program('storm', { cores: [1] })
const guest = { memory: '1M', onCrash: 'stop' } as const

const SYSTEMS = {
  /** Both want more than there is. */
  share: [
    { ...program('share', { share: 80, cores: [1] }), name: 'eighty' },
    { ...program('share', { share: 20, cores: [1] }), name: 'twenty' },
  ],
  /** Both want less than their share. */
  calm: [
    { ...pulse, cores: [1], share: 80, name: 'eighty' },
    { ...pulse, cores: [1], share: 20, name: 'twenty' },
  ],
  switch: [
    { ...guest, name: 'wait', kernel: image('wait'), cores: [1], share: 50 },
    { ...guest, name: 'spin', kernel: image('spin'), cores: [1], share: 50 },
  ],
  sgi: [{ ...guest, name: 'sgi', kernel: image('sgi'), cpus: 2 }],
  /** The one whose address is even sends. */
  net: [
    { ...program('net', joined('52:54:00:00:00:02')), name: 'sender' },
    { ...program('net', joined('52:54:00:00:00:03')), name: 'receiver' },
  ],
  stored: [program('stored', { memory: '2M', devices: ['uart', virtio.block({ disk: 'main', partition: 'one' })] })],
  uplink: [program('uplink', { memory: '2M', devices: ['uart', virtio.net({ network: 'wan' })] })],
  busy: [program('busy', {})],
  alone: [pulse],
  beside: [pulse, storm],
} satisfies Record<string, VmConfig[]>
export type SystemName = keyof typeof SYSTEMS

/** Builds those guests that are not built with their system, and writes each system's config into build/test. */
export async function writeSystems(): Promise<void> {
  for (const name of ['wait', 'spin', 'sgi']) {
    await buildGuest({ entry: join(HERE, `program/${name}.S`), out: image(name) })
  }
  for (const name of Object.keys(SYSTEMS) as SystemName[])
    await writeConfig(name, { board, ...EXTRA[name], vms: SYSTEMS[name] })
}

export async function writeConfig(name: string, system: Omit<SystemConfig, 'name'>): Promise<void> {
  await mkdir(OUT, { recursive: true })
  const config: SystemConfig = { name: `bench-${name}`, ...system }
  await writeFile(configOf(name), `export default ${JSON.stringify(config)}\n`)
}

export function configOf(name: string): string {
  return join(OUT, `bench-${name}.config.ts`)
}

function program(name: string, more: Partial<VmConfig>): VmConfig {
  return { memory: '1M', onCrash: 'stop', name, kernel: entry(`program/${name}.ts`), ...more }
}

function joined(mac: string): Partial<VmConfig> {
  return { memory: '2M', devices: ['uart', virtio.net({ network: 'lan', mac })] }
}

function entry(path: string) {
  return { source: 'assemblyscript', entry: join(HERE, path) } as const
}

function image(name: string): string {
  return join(OUT, `bench-${name}.img`)
}
