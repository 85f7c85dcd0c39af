/** The bundle, as U-Boot's own tools and fdtget read it. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXTENSION_BREAKPOINT } from '../../src/abi/extension.ts'
import { pack, prepare } from '../../tool/command/prepare.ts'
import type { Bundle } from '../../tool/image/bundle.ts'
import { extension } from '../fake/extension.ts'
import { elf, file, image } from '../fake/kernel-file.ts'

const kernel = image({ length: 5000 })
const initrd = Buffer.from('0707010000')
const folders: string[] = []
let bundle: Bundle
let bytes: Buffer

/** Packs a system in a folder of its own. */
async function packed(hash: string): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bundle-'))
  folders.push(folder)
  const vms = [
    { name: 'linux', memory: '64M', kernel: file(kernel), initrd: file(initrd), bootargs: 'quiet', cores: [2] },
    {
      name: 'twin',
      memory: '64M',
      kernel: file(kernel),
      dtb: false,
      devices: ['uart'],
      onCrash: 'stop',
      restarts: { backoff: '100ms', onLimit: { start: 'bare' } },
      after: ['linux'],
    },
    {
      name: 'bare',
      memory: '1M',
      kernel: file(elf({ segments: [{ address: 0x4008_0000 }, { address: 0x4009_0000, bytes: 0, memory: 64 }] })),
      onShutdown: 'restart',
      restarts: { limit: Number.POSITIVE_INFINITY },
      autostart: false,
    },
    { name: 'pair', memory: '64M', kernel: file(kernel), dtb: false, share: 25, cores: [3, 3] },
    {
      name: 'beat',
      memory: '64M',
      kernel: file(kernel),
      dtb: false,
      cpu: { cores: [3], budget: '500us', period: '2ms', priority: 9 },
    },
  ]
  const config = `export default ${JSON.stringify({ name: 'test-system', board: 'qemu-virt', hash, control: false, vms })}`
  writeFileSync(join(folder, 'bulkhead.config.ts'), config.replace('"limit":null', '"limit":Infinity'))
  writeFileSync(join(folder, 'extension.bin'), extension(EXTENSION_BREAKPOINT))
  return pack(await prepare(folder), { extensions: { breakpoint: join(folder, 'extension.bin') } })
}

beforeAll(async () => {
  bundle = await packed('crc32')
  bytes = readFileSync(bundle.file)
})
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function get(type: 's' | 'x', node: string, property: string): string {
  return execFileSync('fdtget', ['-t', type, bundle.file, node, property], { encoding: 'utf8' }).trim()
}

function children(node: string): string[] {
  return execFileSync('fdtget', ['-l', bundle.file, node], { encoding: 'utf8' }).trim().split('\n')
}

/** IEEE 802.3, bit by bit. */
function crc32(data: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of data) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

describe('the bundle', () => {
  it('is a FIT image that mkimage understands', () => {
    const list = execFileSync('dumpimage', ['-l', bundle.file], { encoding: 'utf8' })
    expect(list).toContain('Bulkhead system test-system')
    expect(list).toContain('Hash algo:    crc32')
  })

  it('holds each content once', () => {
    expect(children('/images')).toEqual([
      'linux-kernel',
      'linux-initrd',
      'linux-dtb-gicv3',
      'linux-dtb-gicv2',
      'bare-kernel',
      'bare-dtb-gicv3',
      'bare-dtb-gicv2',
      'hypervisor-breakpoint',
    ])
    expect(get('s', '/bulkhead/vms/twin/load-0', 'image')).toBe('linux-kernel')
  })

  it('has the data behind its tree, at page boundaries, with its hash', () => {
    const offset = Number.parseInt(get('x', '/images/linux-kernel', 'data-offset'), 16)
    const size = Number.parseInt(get('x', '/images/linux-kernel', 'data-size'), 16)
    const start = bundle.summary.bundle.treeSize + offset
    expect(start % 4096).toBe(0)
    expect(bytes.subarray(start, start + size).equals(kernel)).toBe(true)
    expect(Number.parseInt(get('x', '/images/linux-kernel/hash-1', 'value'), 16)).toBe(crc32(kernel))
  })

  it('says which board and which VMs, in order', () => {
    expect(get('x', '/bulkhead', 'abi')).toBe('1')
    expect(get('s', '/bulkhead', 'board')).toBe('linux,dummy-virt')
    expect(children('/bulkhead/vms')).toEqual(['linux', 'twin', 'bare', 'pair', 'beat'])
  })

  it.each([
    [
      'linux',
      { id: '0', vcpus: '1', cores: '2', memory: '0 40000000 0 4000000', entry: '0 40200000', x0: '0 40000000' },
    ],
    ['linux', { devices: '3', 'on-end': '1 1 0 0', 'restart-limit': '5' }],
    [
      'twin',
      {
        id: '1',
        cores: '0',
        entry: '0 40200000',
        x0: '0 0',
        devices: '1',
        'on-end': '0 1 0 5',
        'restart-limit': '5',
        after: '1',
        backoff: '64',
      },
    ],
    ['bare', { id: '2', cores: '1', entry: '0 40080000', 'on-end': '1 1 1 0', 'restart-limit': '0', autostart: '0' }],
    ['pair', { vcpus: '2', cores: '3 3', servers: '0 9c4 2710 1 0 9c4 2710 1' }],
    ['beat', { vcpus: '1', cores: '3', servers: '9 1f4 7d0 0' }],
    ['linux/load-0', { address: '0 40200000', size: '0 1388' }],
    ['linux/load-1', { address: '0 40400000', size: '0 a' }],
    ['linux/load-2', { address: '0 40000000', gic: '3' }],
    ['linux/load-3', { address: '0 40000000', gic: '2' }],
    ['bare/load-0', { address: '0 40080000', size: '0 10' }],
  ])('%s %j', (node, properties) => {
    for (const [name, value] of Object.entries(properties)) {
      expect(get('x', `/bulkhead/vms/${node}`, name)).toBe(value)
    }
  })

  it('states no server for a VM that has its cores alone', () => {
    const properties = execFileSync('fdtget', ['-p', bundle.file, '/bulkhead/vms/linux'], { encoding: 'utf8' })
    expect(properties.split('\n')).toContain('cores')
    expect(properties.split('\n')).not.toContain('servers')
    expect(bundle.summary.vms.map(({ servers }) => servers)).toEqual([
      undefined,
      undefined,
      undefined,
      Array(2).fill({ priority: 0, budget: 2500, period: 10_000, spare: true }),
      [{ priority: 9, budget: 500, period: 2000, spare: false }],
    ])
  })

  it('gives a VM no load without bytes, and no DTB that it does not want', () => {
    expect(children('/bulkhead/vms/twin')).toEqual(['load-0'])
    expect(children('/bulkhead/vms/bare')).toEqual(['load-0', 'load-1', 'load-2'])
  })

  it('is described by system.json', () => {
    const summary = JSON.parse(readFileSync(join(bundle.folder, 'system.json'), 'utf8'))
    expect(summary).toEqual(JSON.parse(JSON.stringify(bundle.summary)))
    expect(summary.bundle).toMatchObject({
      size: bytes.length,
      treeSize: bytes.readUInt32BE(4),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(readdirSync(bundle.folder).filter((name) => name.endsWith('.dts'))).toEqual([
      'bare.dts',
      'bare.gicv2.dts',
      'linux.dts',
      'linux.gicv2.dts',
    ])
  })

  it('has the same bytes from another folder', async () => {
    expect(readFileSync((await packed('crc32')).file).equals(bytes)).toBe(true)
  })

  it('has sha256 hashes on request', async () => {
    const list = execFileSync('dumpimage', ['-l', (await packed('sha256')).file], { encoding: 'utf8' })
    expect(list).toContain(createHash('sha256').update(kernel).digest('hex'))
    expect(list).not.toContain('crc32')
  })
})
