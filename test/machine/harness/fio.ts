/**
 * Debian's fio for a guest, with the libraries that it needs for files. It is also linked with those of storage clusters, which
 * nothing here uses: a library of this project takes their places, with functions that trap.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toolchain } from '../../../tool/compile/tool-path.ts'
import { ROOT } from '../../../tool/config/project.ts'
import { debianPackage } from '../../../tool/setup/debian.ts'
import type { DebianInitrd } from './debian-initrd.ts'

const FOLDER = join(ROOT, 'build/test/fio')
const FOREIGN = /^(rados|rbd|glfs|ibv|rdma|nbd|pmem|pmemblk)_/
/** By their DT_NEEDED. */
const REPLACED = [
  'libgfapi.so.0',
  'libnbd.so.0',
  'libibverbs.so.1',
  'librdmacm.so.1',
  'librados.so.2',
  'librbd.so.1',
  'libpmemblk.so.1',
  'libpmem.so.1',
]

/** What an initramfs needs for it. */
export async function fio(): Promise<Pick<DebianInitrd, 'programs' | 'libraries' | 'files'>> {
  const program = join(await debianPackage('fio'), 'usr/bin/fio')
  const versions = versionsOf(program)
  const symbols = symbolsOf(program)
  return {
    programs: { fio: 'usr/bin/fio' },
    libraries: ['libaio1', 'libnuma1', 'zlib1g'],
    files: Object.fromEntries(
      REPLACED.map((name) => [`lib/aarch64-linux-gnu/${name}`, makeStub(name, versions.get(name) ?? [], symbols)]),
    ),
  }
}

/** Of each library the versions of symbols that the program wants of it. */
function versionsOf(program: string): Map<string, string[]> {
  const text = execFileSync(toolchain().readelf, ['--version-info', '--wide', program], { encoding: 'utf8' })
  const found = new Map<string, string[]>()
  let library = ''
  for (const [, file, name] of text.matchAll(/File: (\S+)|Name: (\S+)/g)) {
    if (file) library = file
    else found.set(library, [...(found.get(library) ?? []), name!])
  }
  return found
}

/** Functions of those libraries that it wants, and their versions. */
function symbolsOf(program: string): [name: string, version: string][] {
  const text = execFileSync(toolchain().readelf, ['--dyn-syms', '--wide', program], { encoding: 'utf8' })
  return [...text.matchAll(/UND (\w+)(?:@(\S+))?/g)].flatMap(([, name, version = '']): [string, string][] =>
    FOREIGN.test(name!) ? [[name!, version]] : [],
  )
}

function makeStub(library: string, versions: readonly string[], symbols: readonly [string, string][]): Buffer {
  mkdirSync(FOLDER, { recursive: true })
  const { clang, lld } = toolchain()
  const path = (end: string) => join(FOLDER, `${library}${end}`)
  const names = [...new Set(symbols.map(([name]) => name))]
  const code = names.map((name) => `.global ${name}\n.type ${name}, %function\n${name}:`)
  writeFileSync(path('.S'), `.text\n${code.join('\n')}\n    brk #0\n`)
  const sections = versions.map((version) => {
    const own = symbols.filter(([, wanted]) => wanted === version).map(([name]) => `${name};`)
    return `${version} { global: ${own.join(' ')} };`
  })
  writeFileSync(path('.map'), `${sections.join('\n')}\n`)
  execFileSync(clang, ['--target=aarch64-linux-gnu', '-c', path('.S'), '-o', path('.o')])
  const script = versions.length ? [`--version-script=${path('.map')}`] : []
  execFileSync(lld, ['-shared', `-soname=${library}`, ...script, '-o', path(''), path('.o')])
  return readFileSync(path(''))
}
