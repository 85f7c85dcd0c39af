/** A system with one of everything that the page shows, laid out from a config as a user would write it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepare } from '../../tool/command/prepare.ts'
import type { SystemConfig } from '../../tool/config/define.ts'
import { type Plan, planOf } from '../../tool/page/plan.ts'
import { silence } from '../../tool/ui/step.ts'
import { file, image } from './kernel-file.ts'

/** What a config's author may write, and a page must not believe. */
export const HOSTILE = '"><script>document.title="owned"</script><img src=x onerror="document.title=1">'

const kernel = file(image({ length: 5000 }))

const SYSTEM: SystemConfig = {
  name: 'everything',
  board: { name: 'qemu-virt', memory: '1G' },
  networks: { lan: { mtu: 9000 } },
  vms: [
    {
      name: 'linux',
      memory: '512M',
      kernel,
      cores: [1, 2],
      cpus: 2,
      bootargs: HOSTILE,
      devices: [
        'uart',
        { virtio: 'net', network: 'lan', vlan: 7 },
        { virtio: 'block', size: '8M', limit: { iops: 100 } },
      ],
    },
    { name: 'eighty', memory: '64M', kernel, cores: [3], share: 80, critical: true },
    { name: 'twenty', memory: '64M', kernel, cores: [3], share: 20, after: ['linux'], passthrough: ['gpio'] },
  ],
}

/** Two templates in a network: one whose VMs' addresses follow from their names, one with an address. */
const TEMPLATES: SystemConfig = {
  name: 'boat',
  board: { name: 'qemu-virt', memory: '1G' },
  networks: { lan: {} },
  vms: [
    { name: 'linux', memory: '64M', kernel, devices: [{ virtio: 'net', network: 'lan' }] },
    {
      name: 'worker',
      memory: '64M',
      kernel,
      cores: [1],
      template: true,
      devices: ['uart', { virtio: 'net', network: 'lan' }, { virtio: 'net', network: 'lan', mac: '52:54:00:00:00:09' }],
    },
  ],
}

export const everything = () => laidOut(SYSTEM)
export const templates = () => laidOut(TEMPLATES)

async function laidOut(config: SystemConfig): Promise<Plan> {
  silence()
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-plan-'))
  try {
    writeFileSync(join(folder, 'bulkhead.config.ts'), `export default ${JSON.stringify(config)}`)
    const { system, guests } = await prepare(folder)
    return planOf(system, guests)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
