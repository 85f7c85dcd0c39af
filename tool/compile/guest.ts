/** Builds a bare-metal guest from AssemblyScript or assembly into an ELF and a raw image. */
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { clang } from './clang.ts'
import { layoutHeader } from './header.ts'
import { ROOT } from './hypervisor.ts'
import { checkJoin, primitivesOf } from './join.ts'
import { moduleBuilder } from './lazy.ts'
import { link } from './link.ts'
import { unit } from './unit.ts'
import { wasmToC } from './wasm2c.ts'

/** Where QEMU `virt` and our VMs put an Image: 512 KiB above the start of RAM. */
const DEFAULT_BASE = 0x4008_0000

export interface GuestOptions {
  root?: string
  /** A `.ts` file, linked with boot/guest*.S; or a `.S` file that is a guest by itself. Relative to root or absolute. */
  entry: string
  /** The raw image; the ELF goes beside it. */
  out: string
  /** Guest-physical address that the code is linked at. */
  base?: number
  log?: (line: string) => void
}

export interface Guest {
  elf: string
  image: string
  size: number
}

export async function buildGuest(options: GuestOptions): Promise<Guest> {
  const root = options.root ?? ROOT
  const entry = relative(root, resolve(root, options.entry))
  const image = resolve(root, options.out)
  const stem = image.replace(/\.\w+$/, '')
  const parts = `${stem}.parts`
  await mkdir(parts, { recursive: true })
  await writeFile(join(parts, 'layout.h'), layoutHeader(root))
  const compile = async (source: string, generated: boolean) => {
    const object = join(parts, `${basename(source)}.o`)
    await clang({ root, source, object, includes: [parts, 'boot'], generated, gen: parts })
    return object
  }
  const sources = entry.endsWith('.S') ? [compile(entry, false)] : [compile('boot/guest.S', false), program()]
  async function program(): Promise<string> {
    const { buildModule } = await moduleBuilder()
    const module = await buildModule({ root, outDir: parts, name: 'guest', entry })
    checkJoin([{ name: 'guest', interface: module.interface, primitives: await primitivesOf(root, 'guest') }])
    const c = await wasmToC(module.marked, 'guest', parts, false)
    const path = join(parts, 'guest.c')
    await writeFile(path, unit('guest', c, module.interface, { guest: module.memorySize }))
    return compile(path, true)
  }
  const elf = `${stem}.elf`
  const symbols = { GUEST_BASE: options.base ?? DEFAULT_BASE }
  await link({ root, script: 'linker/guest.ld', objects: await Promise.all(sources), elf, image, symbols })
  return { elf, image, size: (await stat(image)).size }
}
