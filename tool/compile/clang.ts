/** C and assembly to objects, for EL2 or EL1 on any Armv8-A core, the same bytes in every folder. */
import { SERVICES } from './model.ts'
import { run } from './process.ts'
import { toolchain } from './tool-path.ts'

const TARGET = ['--target=aarch64-none-elf', '-march=armv8-a+crc', '-mtune=cortex-a72', '-mgeneral-regs-only']

/** Freestanding, without the freedom to invent block calls in the block functions themselves or to drop null checks. */
const LANGUAGE = ['-std=c11', '-ffreestanding', '-fno-builtin', '-fno-delete-null-pointer-checks', '-fno-common']
const CODE = [
  // Wasm's semantics where C's differ: sums wrap, bytes alias everything, a loop may wait for another CPU for ever.
  ...['-fwrapv', '-fno-strict-aliasing', '-fno-finite-loops'],
  '-fomit-frame-pointer',
  '-mno-outline-atomics',
  '-fno-pic',
  '-fno-unwind-tables',
  '-fno-asynchronous-unwind-tables',
]
const SECTIONS = ['-ffunction-sections', '-fdata-sections', '-fno-stack-protector', '-fno-ident']
const WARNINGS = ['-Wall', '-Wextra', '-Wno-unused', '-Wno-unused-parameter', '-Wno-sign-compare', '-Werror']
/** wasm2c's code: its temporaries and its declarations are its own business. */
const GENERATED = ['-Wno-everything', '-Wno-error', '-Werror=implicit-function-declaration', '-Werror=int-conversion']

/** core and vmm run their hot paths straight through, which -Os leaves as they are; services have none. */
const SMALLEST = new RegExp(`\\b(?:${SERVICES.join('|')})\\.c$`)

/** Name of the generated files' folder in line tables. */
export const GEN = 'build/gen'

export interface ClangOptions {
  root: string
  source: string
  object: string
  includes: string[]
  generated?: boolean
  /** Folder of generated files; debug information calls it build/gen wherever it is. */
  gen: string
}

export async function clang({ root, source, object, includes, generated, gen }: ClangOptions): Promise<void> {
  const c = source.endsWith('.c')
  const level = SMALLEST.test(source) ? '-Oz' : '-Os'
  const language = c ? [...LANGUAGE, ...(generated ? GENERATED : WARNINGS), level, ...CODE, ...SECTIONS] : []
  const stable = [
    '-g',
    '-gdwarf-4',
    // A region of many statements is one line of C: its columns mean nothing.
    '-gno-column-info',
    '-fdebug-compilation-dir=.',
    `-ffile-prefix-map=${root}/=`,
    `-ffile-prefix-map=${gen}=${GEN}`,
  ]
  const paths = includes.map((folder) => `-I${folder}`)
  await run(toolchain().clang, [...TARGET, ...language, ...stable, ...paths, '-c', source, '-o', object], root)
}

/** A header with its macros expanded. */
export function preprocess(root: string, header: string, includes: string[]): Promise<string> {
  const paths = includes.map((folder) => `-I${folder}`)
  return run(toolchain().clang, [...TARGET, ...paths, '-E', '-P', '-x', 'c', header], root)
}
