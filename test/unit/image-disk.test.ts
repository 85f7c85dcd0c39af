/** Disks in the bundle: an image once for all VMs that share it, rounded up to whole pages, and what each VM may write. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pack, prepare } from '../../tool/command/prepare.ts'
import { virtio } from '../../tool/config/define.ts'
import type { Bundle } from '../../tool/image/bundle.ts'
import { file, image } from '../fake/kernel-file.ts'

const DISK = Buffer.alloc(10_000, 0x44)
const EXTENSION = Buffer.alloc(8192, 0x45)
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-disk-'))
let bundle: Bundle

beforeAll(async () => {
  writeFileSync(join(folder, 'disk.img'), DISK)
  const vm = { memory: '64M', kernel: file(image({ length: 5000 })) }
  const { block, entropy } = virtio
  const vms = [
    { ...vm, name: 'one', devices: [block({ image: 'disk.img' }), entropy(), block({ size: '1M', overlay: '64K' })] },
    { ...vm, name: 'two', devices: ['uart', block({ image: 'disk.img', readOnly: true })] },
  ]
  const config = `export default ${JSON.stringify({ name: 'disks', board: 'qemu-virt', control: false, vms })}`
  writeFileSync(join(folder, 'bulkhead.config.ts'), config)
  writeFileSync(join(folder, 'extension.bin'), EXTENSION)
  const bin = join(folder, 'extension.bin')
  bundle = await pack(await prepare(folder), { extensions: { virtio: bin, breakpoint: bin } })
})
afterAll(() => rmSync(folder, { recursive: true }))

const get = (type: 's' | 'x', node: string, property: string) =>
  execFileSync('fdtget', ['-t', type, bundle.file, node, property], { encoding: 'utf8' }).trim()

test('slots and disks of each VM', () => {
  expect([get('x', '/bulkhead/vms/one', 'virtio'), get('x', '/bulkhead/vms/two', 'virtio')]).toEqual(['2 4 2', '2'])
  const disk = (path: string) => [get('x', `/bulkhead/vms/${path}`, 'size'), get('x', `/bulkhead/vms/${path}`, 'pool')]
  expect(disk('one/disk-0')).toEqual(['0 3000', '3'])
  expect(disk('one/disk-1')).toEqual(['0 100000', '10'])
  expect(disk('two/disk-0')).toEqual(['0 3000', '0'])
})

test('the image is there once, whole pages', () => {
  const name = get('s', '/bulkhead/vms/one/disk-0', 'image')
  expect(get('s', '/bulkhead/vms/two/disk-0', 'image')).toBe(name)
  expect(get('s', `/images/${name}`, 'type')).toBe('filesystem')
  const bytes = readFileSync(bundle.file)
  const at =
    ((bundle.summary.bundle.treeSize + 3) & ~3) + Number.parseInt(get('x', `/images/${name}`, 'data-offset'), 16)
  expect(bytes.subarray(at, at + 0x3000).equals(Buffer.concat([DISK, Buffer.alloc(0x3000 - DISK.length)]))).toBe(true)
  expect(bundle.summary.vms[0]!.disks).toEqual([
    { image: name, size: 0x3000, pool: 0x3000 },
    { size: 0x10_0000, pool: 0x1_0000 },
  ])
})
