/** Disks of virtual machines: layers become what the top one reads as, told in one line where they cannot. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepare } from '../../tool/command/prepare.ts'
import { virtio } from '../../tool/config/define.ts'
import { flatten, formatOf } from '../../tool/image/layer.ts'
import { silence } from '../../tool/ui/step.ts'
import { file, image } from '../fake/kernel-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-layer-'))
const at = (name: string) => join(folder, name)
const qemuImg = (...args: string[]) => execFileSync('qemu-img', args, { cwd: folder, stdio: 'pipe' })
const SIZE = 0x3_0000
const BASE = Buffer.alloc(SIZE, 0x42)
const OURS = Buffer.from('written above the base')

/** base.raw under base.qcow2 under top.qcow2, which has a cluster of its own. */
beforeAll(() => {
  silence()
  writeFileSync(at('base.raw'), BASE)
  qemuImg('convert', '-f', 'raw', '-O', 'qcow2', 'base.raw', 'base.qcow2')
  qemuImg('create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', 'base.qcow2', 'top.qcow2')
  execFileSync('qemu-io', ['-c', `write -P 0x57 0x10000 0x10000`, 'top.qcow2'], { cwd: folder, stdio: 'pipe' })
})
afterAll(() => {
  silence(false)
  rmSync(folder, { recursive: true })
})

const flat = async (name: string) => {
  const notes: string[] = []
  await flatten(at(name), (await formatOf(at(name)))!, at(`out/${name}.raw`), (text) => notes.push(text))
  return { bytes: readFileSync(at(`out/${name}.raw`)), note: notes.at(-1) }
}
const merged = Buffer.concat([BASE.subarray(0, 0x1_0000), Buffer.alloc(0x1_0000, 0x57), BASE.subarray(0x2_0000)])

test('the format is in the first bytes, whatever the name says', async () => {
  writeFileSync(at('plain.qcow2'), OURS)
  writeFileSync(at('short'), 'QF')
  const names = ['base.raw', 'base.qcow2', 'plain.qcow2', 'short']
  expect(await Promise.all(names.map((name) => formatOf(at(name))))).toEqual([undefined, 'qcow2', undefined, undefined])
})

test('all layers together, and not again while none of them is newer', async () => {
  const first = await flat('top.qcow2')
  expect(first.bytes.equals(merged)).toBe(true)
  expect(first.note).toBe('2 layers, 192 KiB')
  expect((await flat('top.qcow2')).note).toBe('as before')
  const later = new Date(statSync(at('out/top.qcow2.raw')).mtimeMs + 2000)
  utimesSync(at('base.qcow2'), later, later)
  expect((await flat('top.qcow2')).note).toBe('2 layers, 192 KiB')
})

describe('what cannot be read is told in the config’s line', () => {
  const linesFor = async (disk: string) => {
    const vm = { name: 'a', memory: '64M', kernel: file(image({ length: 5000 })) }
    const vms = [{ ...vm, devices: [virtio.block({ image: disk })] }]
    const config = JSON.stringify({ name: 'layers', board: 'qemu-virt', vms })
    writeFileSync(at('bulkhead.config.ts'), `export default ${config}`)
    return prepare(folder).then(
      ({ guests }) => guests[0]!.disks.map(({ bytes }) => bytes!.length),
      (error: Error) => error.message,
    )
  }

  test('none where all is well', async () => {
    expect(await linesFor('top.qcow2')).toEqual([SIZE])
  })
  test('a layer that is missing', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', 'base.qcow2', 'lost.qcow2')
    const bytes = readFileSync(at('lost.qcow2'))
    writeFileSync(at('lost.qcow2'), Buffer.from(bytes.toString('latin1').replace('base.qcow2', 'gone.qcow2'), 'latin1'))
    expect(await linesFor('lost.qcow2')).toMatch(
      /vms\[0\]\.devices: .*lost\.qcow2 cannot be used: .*gone\.qcow2.*No such file.*; look at it with qemu-img info lost\.qcow2$/,
    )
  })
  test('a damaged one', async () => {
    writeFileSync(at('cut.qcow2'), readFileSync(at('base.qcow2')))
    truncateSync(at('cut.qcow2'), 60)
    expect(await linesFor('cut.qcow2')).toMatch(/cut\.qcow2 cannot be used: .*cut\.qcow2.*; look at it with/)
  })
  test('one that no RAM holds', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', 'huge.qcow2', '20G')
    expect(await linesFor('huge.qcow2')).toMatch(
      /it is a disk of 20\.?0? GiB; make it smaller: disks lie in the board's RAM$/,
    )
  })
})
