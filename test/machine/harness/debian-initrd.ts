/** An initramfs with programs of Debian packages, the libraries that they need, busybox, kernel modules and lines for its /init. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../../tool/config/project.ts'
import { characterDevice, cpio, folder, program, symlink } from '../../../tool/image/cpio.ts'
import { debianBusybox, debianModules, debianPackage } from '../../../tool/setup/debian.ts'
import { initScript } from '../../../tool/setup/initramfs.ts'
import { collectModules } from '../../../tool/setup/kernel-module.ts'

export interface DebianInitrd {
  /** By package the path of its program. */
  programs: Record<string, string>
  /** Packages of libraries; libc6's own are there. */
  libraries?: string[]
  /** Further libraries, by their names. */
  shared?: [string, Buffer][]
  modules?: string[]
  lines: string[]
}

const LIBRARIES = 'lib/aarch64-linux-gnu'
const LIBC = /^(ld-linux-aarch64\.so\.1|lib(c|m|pthread|resolv)\.so\.\d)$/

/** Path of the archive, in build/test. */
export async function debianInitrd(wish: DebianInitrd): Promise<string> {
  const { programs, libraries = [], modules = [], lines } = wish
  const shared = [...(wish.shared ?? []), ...(await sharedObjects('libc6', LIBC))]
  for (const name of libraries) shared.push(...(await sharedObjects(name, /\.so\.\d/)))
  const own = Object.entries(programs).map(async ([name, path]) => {
    return program(`bin/${path.replace(/.*\//, '')}`, await readFile(join(await debianPackage(name), path)))
  })
  const loaded = modules.length ? await collectModules(await debianModules('cloud'), modules) : []
  const archive = cpio([
    ...['bin', 'sbin', 'dev', 'proc', 'sys', 'tmp', 'root', 'etc', 'usr', 'usr/bin', 'usr/sbin', 'lib'].map(folder),
    folder(LIBRARIES),
    folder('lib/modules'),
    characterDevice('dev/console', 5, 1),
    program('bin/busybox', await readFile(await debianBusybox())),
    symlink('bin/sh', 'busybox'),
    ...(await Promise.all(own)),
    ...shared.map(([name, bytes]) => program(`${LIBRARIES}/${name}`, bytes)),
    symlink('lib/ld-linux-aarch64.so.1', 'aarch64-linux-gnu/ld-linux-aarch64.so.1'),
    ...loaded.map(({ name, bytes }) => program(`lib/modules/${name}.ko`, bytes)),
    program('init', initScript([...loaded.map(({ name }) => `insmod /lib/modules/${name}.ko`), ...lines])),
  ])
  const digest = createHash('sha256').update(archive).digest('hex').slice(0, 16)
  const file = join(ROOT, `build/test/debian-${digest}.cpio`)
  await mkdir(join(ROOT, 'build/test'), { recursive: true })
  await writeFile(file, archive)
  return file
}

/** The package's libraries by the names that programs ask for. */
async function sharedObjects(name: string, wanted: RegExp): Promise<[string, Buffer][]> {
  const root = await debianPackage(name)
  const found: [string, Buffer][] = []
  for (const place of [LIBRARIES, `usr/${LIBRARIES}`]) {
    const path = join(root, place)
    const files = await readdir(path).catch(() => [])
    for (const file of files.filter((each) => wanted.test(each))) {
      if ((await stat(join(path, file))).isFile()) found.push([file, await readFile(join(path, file))])
    }
  }
  return found
}
