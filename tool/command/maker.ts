/** Makes the files that a config describes instead of naming: fetches packages, compiles guests. */
import { join, relative } from 'node:path'
import { ROOT } from '../config/project.ts'
import type { AssemblyScriptGuest } from '../config/source.ts'
import type { Maker } from '../image/part.ts'
import { debianKernel } from '../setup/debian.ts'
import { busyboxInitrd } from '../setup/initramfs.ts'
import { step } from '../ui/step.ts'

/** `outDir`: the build folder. VMs that run the same program share one compilation. */
export function maker(outDir: string): Maker {
  const compiled = new Map<string, Promise<string>>()
  const compile = (source: AssemblyScriptGuest) => {
    const elf = compiled.get(source.entry) ?? compileGuest(source, outDir)
    compiled.set(source.entry, elf)
    return elf
  }
  return {
    kernel: (source) => (source.source === 'assemblyscript' ? compile(source) : debianKernel(source.flavour)),
    initrd: busyboxInitrd,
  }
}

async function compileGuest({ entry }: AssemblyScriptGuest, outDir: string): Promise<string> {
  const { buildGuest } = await import('../compile/guest.ts')
  const name = relative(ROOT, entry)
    .replace(/\.ts$/, '')
    .replace(/[^\w]+/g, '-')
    .replace(/^-+/, '')
  const out = join(outDir, 'guest', `${name}.img`)
  const { elf } = await step(`Compiling ${relative(ROOT, entry)}`, (note) => buildGuest({ entry, out, log: note }))
  return elf
}
