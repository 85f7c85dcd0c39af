/** Debian's own arm64 packages for guests: fetched through apt, unpacked into the cache, found there the next time. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { which } from '../config/program.ts'
import { CACHE, shown } from '../config/project.ts'
import type { DebianKernel } from '../config/source.ts'
import { UserError } from '../ui/failure.ts'
import { step } from '../ui/step.ts'
import { Apt } from './apt.ts'
import type { AptSource } from './apt-source.ts'
import { guestArchive } from './archive.ts'
import { command, complaint } from './command.ts'

const ARCHITECTURE = 'arm64'
const FOLDER = join(CACHE, 'debian', ARCHITECTURE)

/** Where a package's files are, and which package that was. */
interface Unpacked {
  package: string
  version: string
  folder: string
}

const KERNEL_PACKAGE: Record<DebianKernel['flavour'], string> = {
  cloud: 'linux-image-cloud-arm64',
  generic: 'linux-image-arm64',
}

/** Path of the uncompressed kernel Image. */
export async function debianKernel(flavour: DebianKernel['flavour']): Promise<string> {
  const { folder } = await unpacked(KERNEL_PACKAGE[flavour])
  const boot = join(folder, 'boot')
  const file = (await readdir(boot)).find((name) => name.startsWith('vmlinuz-'))
  if (!file) throw new UserError(`${shown(boot)}: the package has no kernel; delete ${shown(FOLDER)} and try again`)
  return join(boot, file)
}

/** Path of U-Boot for QEMU's `virt` machine, a flat binary. */
export async function debianUboot(): Promise<string> {
  const { folder } = await unpacked('u-boot-qemu')
  const file = join(folder, 'usr/lib/u-boot/qemu_arm64/u-boot.bin')
  if (existsSync(file)) return file
  throw new UserError(`${shown(folder)}: the package has no U-Boot; delete ${shown(FOLDER)} and try again`)
}

/** Path of the kernel package's folder with modules, in folders of their own. */
export async function debianModules(flavour: DebianKernel['flavour']): Promise<string> {
  const { folder } = await unpacked(KERNEL_PACKAGE[flavour])
  return join(folder, (await readdir(folder)).includes('lib') ? 'lib/modules' : 'usr/lib/modules')
}

/** Path of the static busybox. */
export async function debianBusybox(): Promise<string> {
  const { folder } = await unpacked('busybox-static')
  const file = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(folder, path)).find((path) => existsSync(path))
  if (!file) throw new UserError(`${shown(folder)}: the package has no busybox; delete ${shown(FOLDER)} and try again`)
  return file
}

/** Path of a board's DTB, such as `broadcom/bcm2711-rpi-4-b.dtb`: out of the release's kernel, or a newer one. */
export async function debianDeviceTree(name: string): Promise<string> {
  for (const part of ['guest', 'backports'] as const) {
    const { folder } = await unpacked(KERNEL_PACKAGE.generic, { part, only: 'usr/lib' })
    const file = (await readdir(folder)).map((version) => join(folder, version, name)).find((path) => existsSync(path))
    if (file) return file
  }
  throw new UserError(`Debian's kernels have no ${name}; name a board that they know`)
}

/** Folder of any other package's files, for tests of guests that the tool itself does not offer. */
export async function debianPackage(name: string): Promise<string> {
  return (await unpacked(name)).folder
}

/** Folder of a package of firmware: those stand in a part of the archive of their own, and run on boards only. */
export async function debianFirmware(name: string): Promise<string> {
  return (await unpacked(name, { part: 'firmware' })).folder
}

/** One fetch at a time: two VMs may ask for the same package. */
let queue: Promise<unknown> = Promise.resolve()

interface Wish {
  part?: Part
  /** The folder of the package that is kept; all of it by default. */
  only?: string
}

function unpacked(name: string, wish: Wish = {}): Promise<Unpacked> {
  const next = queue.then(() => findOrFetch(name, wish))
  queue = next.catch(() => {})
  return next
}

async function findOrFetch(name: string, { part = 'guest', only = '' }: Wish): Promise<Unpacked> {
  const place = [name, ...(part === 'guest' ? [] : [part]), ...only.split('/').filter(Boolean)].join('-')
  const note = join(FOLDER, `${place}.json`)
  const folder = join(FOLDER, place)
  if (existsSync(note) && existsSync(folder)) return { ...JSON.parse(await readFile(note, 'utf8')), folder }
  if (!which('apt-get') || !which('dpkg-deb')) {
    throw new UserError(`${name}: guests from Debian packages need apt and dpkg; name files of your own in the config`)
  }
  return step(`Fetching Debian's ${name} for ${ARCHITECTURE}`, async (say) => {
    const apt = await lists(part, say)
    const real = await resolve(apt, name)
    const version = await apt.candidate(real)
    if (!version) throw new UserError(`${real} is not in the archive for ${ARCHITECTURE}`)
    await fetchAndUnpack(apt, real, only, folder, say)
    await writeFile(note, `${JSON.stringify({ package: real, version })}\n`)
    say(`${real} ${version}`)
    return { package: real, version, folder }
  })
}

/** Of the archive: what guests run, what later releases have of it, or Debian's component for firmware. */
type Part = 'guest' | 'backports' | 'firmware'
const opened = new Map<Part, Promise<Apt>>()

/** The arm64 lists, fetched once in a run. */
function lists(part: Part, say: (line: string) => void): Promise<Apt> {
  const apt = opened.get(part) ?? openLists(part, say)
  opened.set(part, apt)
  return apt
}

async function openLists(part: Part, say: (line: string) => void): Promise<Apt> {
  const own = await guestArchive()
  const apt = await Apt.open(part, sourcesOf(part, own), ARCHITECTURE)
  await apt.update(say)
  return apt
}

function sourcesOf(part: Part, own: AptSource[]): AptSource[] {
  if (part === 'firmware') return own.map((source) => ({ ...source, components: ['non-free-firmware'] }))
  if (part === 'guest') return own
  // Updates and security fixes have suites of their own, with a hyphen; the release's name has none.
  const release = own.flatMap(({ suites }) => suites).find((suite) => !/[-/]/.test(suite))
  const main = own.find(({ suites }) => suites.includes(release ?? ''))
  return main ? [{ ...main, suites: [`${release}-backports`], components: ['main'] }] : []
}

/** A meta package such as linux-image-cloud-arm64 stands for the versioned one that it depends on. */
async function resolve(apt: Apt, name: string): Promise<string> {
  if (!name.startsWith('linux-image-')) return name
  return (await apt.depends(name)).find((other) => /^linux-image-\d/.test(other)) ?? name
}

async function fetchAndUnpack(apt: Apt, real: string, only: string, target: string, say: (line: string) => void) {
  const partial = `${target}.partial`
  await rm(partial, { recursive: true, force: true })
  await apt.download(real, join(partial, 'deb'), say)
  const file = (await readdir(join(partial, 'deb'))).find((each) => each.endsWith('.deb'))
  if (!file) throw new UserError(`apt fetched ${real}, yet there is no file in ${shown(partial)}`)
  say(`unpacking ${file}`)
  await mkdir(join(partial, 'root'), { recursive: true })
  const outcome = await command('dpkg-deb', ['-x', join(partial, 'deb', file), join(partial, 'root')])
  if (!outcome.ok) throw new UserError(`${file} could not be unpacked\n${complaint(outcome.said)}`)
  await rm(target, { recursive: true, force: true })
  await rename(join(partial, 'root', only), target)
  await rm(partial, { recursive: true, force: true })
}
