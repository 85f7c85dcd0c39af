/** Builds a bare-metal guest from AssemblyScript or assembly into an ELF and a raw image. */
import { stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { cached, exclusive, inputHash } from './cache.ts'
import { clang } from './clang.ts'
import { layoutHeader } from './header.ts'
import { checkJoin, primitivesOf } from './join.ts'
import { link } from './link.ts'
import { moduleOf } from './module-cache.ts'
import { ROOT, toolVersion } from './tool-path.ts'
import { unit } from './unit.ts'
import { wasmToC } from './wasm2c.ts'

/** Where QEMU `virt` and our VMs put an Image: 512 KiB above the start of RAM. */
const DEFAULT_BASE = 0x4008_0000

/** What a guest may be made of, besides the folder of its entry. */
const SOURCES = ['src/abi', 'src/lib', 'src/arch', 'src/guest', 'boot', 'linker']

export interface GuestOptions {
  root?: string
  /** A `.ts` file, linked with boot/guest.S and boot/block.S; or a `.S` file that is a guest by itself. Relative to root or absolute. */
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
  const base = options.base ?? DEFAULT_BASE
  const image = resolve(root, options.out)
  const stem = image.replace(/\.\w+$/, '')
  const elf = `${stem}.elf`
  const parts = `${stem}.parts`
  return exclusive(parts, async () => {
    const key = inputHash(root, [...SOURCES, dirname(entry)], [entry, base, await toolVersion(root)])
    return cached(join(parts, 'guest.json'), key, [elf, image], async () => {
      await writeFile(join(parts, 'layout.h'), layoutHeader(root))
      const objects = entry.endsWith('.S') ? [await compile(root, parts, entry)] : await program(root, parts, entry)
      await link({ root, script: 'linker/guest.ld', objects, elf, image, symbols: { GUEST_BASE: base } })
      return { elf, image, size: (await stat(image)).size }
    })
  })
}

async function program(root: string, parts: string, entry: string): Promise<string[]> {
  const module = await moduleOf({ root, outDir: parts, name: 'guest', entry })
  checkJoin([{ name: 'guest', interface: module.interface, primitives: await primitivesOf(root, 'guest') }])
  const path = join(parts, 'guest.c')
  const c = await wasmToC(module, 'guest', parts)
  await writeFile(path, unit('guest', c, module.interface, { guest: module.memorySize }))
  return Promise.all([path, 'boot/guest.S', 'boot/block.S'].map((source) => compile(root, parts, source)))
}

async function compile(root: string, parts: string, source: string): Promise<string> {
  const object = join(parts, `${basename(source)}.o`)
  const generated = source.endsWith('.c')
  await clang({ root, source, object, includes: [parts, 'boot'], generated, gen: parts })
  return object
}
