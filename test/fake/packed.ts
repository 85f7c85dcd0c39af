/** A bundle as `bulkhead build` writes it, with mkimage, in a folder of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXTENSION_BREAKPOINT } from '../../src/abi/extension.ts'
import { pack, prepare } from '../../tool/command/prepare.ts'
import type { Summary } from '../../tool/image/bundle.ts'
import { extension } from './extension.ts'
import { image } from './kernel-file.ts'

export interface Packed {
  bytes: Buffer
  summary: Summary
  images: Map<string, Buffer>
}

/** VM `linux` with kernel and DTB, VM `bare` with the same kernel alone. */
export async function packed(hash: 'crc32' | 'sha256'): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-core-'))
  try {
    const vms = [
      { name: 'linux', memory: '64M', kernel: { file: 'Image' }, bootargs: 'quiet' },
      { name: 'bare', memory: '2M', kernel: { file: 'Image' }, dtb: false },
    ]
    const config = { name: 'packed', board: 'qemu-virt', hash, control: false, vms }
    writeFileSync(join(folder, 'Image'), image({ length: 5000 }))
    writeFileSync(join(folder, 'bulkhead.config.ts'), `export default ${JSON.stringify(config)}`)
    const breakpoint = join(folder, 'breakpoint.bin')
    writeFileSync(breakpoint, extension(EXTENSION_BREAKPOINT))
    const { file, summary } = await pack(await prepare(folder), { extensions: { breakpoint } })
    const read = (name: string) => readFileSync(join(folder, 'build/packed/image', name))
    return { bytes: readFileSync(file), summary, images: new Map(summary.images.map(({ name }) => [name, read(name)])) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
