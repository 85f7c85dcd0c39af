/** Debian's fio without its clients of network storage: empty libraries stand where it was linked with theirs. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toolchain } from '../../../tool/compile/tool-path.ts'
import { ROOT } from '../../../tool/config/project.ts'
import { debianPackage } from '../../../tool/setup/debian.ts'

export const FIO_PROGRAM = { fio: 'usr/bin/fio' }
/** Those that it works with. */
export const FIO_LIBRARIES = ['libaio1', 'libnuma1', 'zlib1g']

/** The others: a symbol's version says to which it belongs, or its name where it has none. */
const CLIENTS: [soname: string, symbol: RegExp][] = [
  ['libgfapi.so.0', /@GFAPI_/],
  ['libnbd.so.0', /@LIBNBD_/],
  ['libibverbs.so.1', /@IBVERBS_/],
  ['librdmacm.so.1', /@RDMACM_/],
  ['libpmemblk.so.1', /@LIBPMEMBLK_/],
  ['libpmem.so.1', /@LIBPMEM_/],
  ['librados.so.2', /^rados_/],
  ['librbd.so.1', /^rbd_/],
]

/** Libraries by their names, for an initramfs. Whoever calls into one gets a breakpoint. */
export async function fioClients(): Promise<[string, Buffer][]> {
  const { clang, lld, readelf } = toolchain()
  const program = join(await debianPackage('fio'), 'usr/bin/fio')
  const symbols = execFileSync(readelf, ['--dyn-syms', '--wide', program], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => / UND (\S+)/.exec(line)?.[1] ?? [])
  const folder = join(ROOT, 'build/test/fio')
  mkdirSync(folder, { recursive: true })
  return CLIENTS.map(([soname, pattern]) => {
    const own = symbols.filter((symbol) => pattern.test(symbol)).map((symbol) => symbol.split('@'))
    const path = (end: string) => join(folder, soname + end)
    writeFileSync(path('.s'), own.map(([name]) => `.globl ${name}\n${name}: brk #0\n`).join(''))
    const versions = [...new Set(own.map(([, version]) => version))]
    const names = (version: string | undefined) => own.filter((each) => each[1] === version).map(([name]) => `${name};`)
    writeFileSync(
      path('.map'),
      versions.map((version) => `${version ?? ''} { global: ${names(version).join(' ')} };\n`).join(''),
    )
    execFileSync(clang, ['--target=aarch64-linux-gnu', '-c', path('.s'), '-o', path('.o')])
    const script = versions.length ? [`--version-script=${path('.map')}`] : []
    execFileSync(lld, ['-shared', `-soname=${soname}`, ...script, '-o', path(''), path('.o')])
    return [soname, readFileSync(path(''))]
  })
}
