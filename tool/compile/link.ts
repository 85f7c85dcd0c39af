/** Objects to one ELF and its raw image. */
import { run } from './process.ts'
import { toolchain } from './tool-path.ts'

export interface LinkOptions {
  root: string
  script: string
  objects: string[]
  elf: string
  image: string
  /** Symbols given on the command line, such as where a guest is linked. */
  symbols?: Record<string, number | bigint>
  /** Folders of scripts that `script` includes. */
  includes?: string[]
  /** Sections that are files of their own instead of a piece of `image`. */
  apart?: { section: string; file: string }[]
}

export async function link(options: LinkOptions): Promise<void> {
  const { root, script, objects, elf, image, symbols = {}, includes = [], apart = [] } = options
  const defined = Object.entries(symbols).map(([name, value]) => `--defsym=${name}=${value}`)
  const { lld, objcopy } = toolchain()
  await run(
    lld,
    [
      ...['-T', script, ...includes.map((folder) => `-L${folder}`)],
      ...['--gc-sections', '--build-id=none', '-z', 'norelro'],
      ...[...defined, ...objects, '-o', elf],
    ],
    root,
  )
  const without = apart.flatMap(({ section }) => ['-R', section])
  await run(objcopy, ['-O', 'binary', ...without, elf, image], root)
  for (const { section, file } of apart) await run(objcopy, ['-O', 'binary', '-j', section, elf, file], root)
}
