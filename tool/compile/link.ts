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
  symbols?: Record<string, number>
}

export async function link({ root, script, objects, elf, image, symbols = {} }: LinkOptions): Promise<void> {
  const defined = Object.entries(symbols).map(([name, value]) => `--defsym=${name}=${value}`)
  const { lld, objcopy } = toolchain()
  await run(
    lld,
    ['-T', script, '--gc-sections', '--build-id=none', '-z', 'norelro', ...defined, ...objects, '-o', elf],
    root,
  )
  await run(objcopy, ['-O', 'binary', elf, image], root)
}
