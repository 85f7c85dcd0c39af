/** Modules of a kernel package, with those that they need before them, as modinfo tells. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { shown } from '../config/project.ts'
import { UserError } from '../ui/failure.ts'
import { nearest } from '../ui/suggest.ts'

export interface KernelModule {
  /** As its file is called, without `.ko`. */
  name: string
  bytes: Uint8Array
}

/** In the order in which they load. `-` and `_` are the same in a name, as for modprobe. */
export async function collectModules(folder: string, wanted: readonly string[]): Promise<KernelModule[]> {
  const files = new Map<string, string>()
  for (const file of await readdir(folder, { recursive: true })) {
    const name = /^(.*)\.ko(\.\w+)?$/.exec(basename(file))?.[1]
    if (name) files.set(plain(name), join(folder, file))
  }
  const found = new Map<string, KernelModule>()
  const add = async (name: string) => {
    if (found.has(plain(name))) return
    const file = files.get(plain(name))
    if (!file) {
      const near = nearest(name, [...files.keys()])
      const remedy = near ? `did you mean '${near}'?` : 'it may be built in, or named otherwise'
      throw new UserError(`the kernel has no module '${name}'; ${remedy}`)
    }
    if (!file.endsWith('.ko')) throw new UserError(`${shown(file)} is compressed; only plain modules can be packed`)
    const bytes = await readFile(file)
    for (const other of needs(bytes)) await add(other)
    found.set(plain(name), { name: basename(file, '.ko'), bytes })
  }
  for (const name of wanted) await add(name)
  return [...found.values()]
}

/** `depends=a,b` among the NUL-terminated strings of the section .modinfo. */
function needs(module: Buffer): string[] {
  const at = module.indexOf('\0depends=')
  const list = at < 0 ? '' : module.toString('latin1', at + 9, module.indexOf(0, at + 9))
  return list.split(',').filter((name) => name)
}

function plain(name: string): string {
  return name.replaceAll('-', '_')
}
