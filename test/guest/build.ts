/** Builds isolation guests into build/test/<name>.img, the DTBs of those that bring their own, and a system around each. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGuest } from '../../tool/compile/guest.ts'
import { run } from '../../tool/compile/process.ts'
import { ROOT } from '../../tool/compile/tool-path.ts'
import { type IsolationGuest, MEMORY } from './catalogue.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const OUT = join(ROOT, 'build/test')

export interface Built {
  image: string
  dtb?: string
}

export async function buildIsolationGuest({ name, source, dts }: IsolationGuest): Promise<Built> {
  const { image } = await buildGuest({ entry: join(HERE, source), out: join(OUT, `${name}.img`) })
  if (!dts) return { image }
  const dtb = join(OUT, `${name}.dtb`)
  await run('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-o', dtb, join(HERE, dts)], ROOT)
  return { image, dtb }
}

/** Writes a config with the guest beside pulse, and answers where it is. */
export async function configFor(guest: IsolationGuest): Promise<string> {
  const { image, dtb } = await buildIsolationGuest(guest)
  const own = { ...(dtb && { dtb: { file: dtb } }), ...(guest.devices && { devices: guest.devices }) }
  const vm = { name: guest.name, memory: MEMORY, kernel: image, ...own }
  const pulse = {
    name: 'pulse',
    memory: '1M',
    kernel: { source: 'assemblyscript', entry: join(ROOT, 'example/pulse/main.ts') },
  }
  const life = guest.times
    ? { onShutdown: 'restart', restarts: { limit: guest.times } }
    : { onReboot: 'stop', onCrash: 'stop' }
  const board = { name: 'qemu-virt', cpus: 2, memory: '256M' }
  const config = { name: 'isolation', board, vms: [pulse, { ...vm, ...life }] }
  const file = join(OUT, `${guest.name}.config.ts`)
  await writeFile(file, `export default ${JSON.stringify(config)}\n`)
  return file
}
