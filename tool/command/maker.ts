/** Makes the files that a config describes instead of naming: fetches packages, compiles guests. */
import { join, relative } from 'node:path'
import type { KernelFile } from '../config/define.ts'
import { ROOT } from '../config/project.ts'
import type { AssemblyScriptGuest, KernelSource } from '../config/source.ts'
import { flatten, formatOf } from '../image/layer.ts'
import type { Maker } from '../image/part.ts'
import { debianKernel, debianUboot } from '../setup/debian.ts'
import { busyboxInitrd } from '../setup/initramfs.ts'
import { step } from '../ui/step.ts'

/** U-Boot is position-independent; it wants its DTB at the start of RAM and its first stack in the 2 MiB above. */
const UBOOT_AT = 0x4020_0000

/** `outDir`: the build folder. VMs that run the same program share one compilation. */
export function maker(outDir: string): Maker {
  const compiled = new Map<string, Promise<string>>()
  const compile = (source: AssemblyScriptGuest) => {
    const elf = compiled.get(source.entry) ?? compileGuest(source, outDir)
    compiled.set(source.entry, elf)
    return elf
  }
  const kernel = async (source: KernelSource): Promise<KernelFile> => {
    switch (source.source) {
      case 'assemblyscript':
        return { file: await compile(source) }
      case 'debian-kernel':
        return { file: await debianKernel(source.flavour) }
      case 'debian-uboot':
        return { file: await debianUboot(), load: UBOOT_AT }
    }
  }
  const disks = new Map<string, Promise<string>>()
  const disk = (image: string) => {
    const file = disks.get(image) ?? rawDisk(image, outDir)
    disks.set(image, file)
    return file
  }
  return { kernel, initrd: busyboxInitrd, disk }
}

/** `image` itself, also where there is none: whoever reads it says so. */
async function rawDisk(image: string, outDir: string): Promise<string> {
  const format = await formatOf(image).catch(() => undefined)
  if (!format) return image
  const out = join(outDir, 'disk', `${relative(ROOT, image).replace(/[^\w.]+/g, '-')}.raw`)
  await step(`Reading ${relative(ROOT, image)}`, (note) => flatten(image, format, out, note))
  return out
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
