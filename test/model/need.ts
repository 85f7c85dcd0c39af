/** The programs that the models need: spin, and a C compiler for the checker that spin writes. */
import { spawnSync } from 'node:child_process'
import { which } from '../../tool/config/program.ts'
import { versionLine } from '../../tool/setup/command.ts'
import { install } from '../../tool/setup/install.ts'
import type { Need } from '../../tool/setup/need.ts'

const COMPILERS = ['gcc', 'cc', 'clang', 'clang-19', 'clang-18', 'clang-17', 'clang-16', 'clang-15', 'clang-14']

/** One that finds the machine's own C library. */
export function compiler(): string | undefined {
  return COMPILERS.find((name) => {
    if (!which(name)) return false
    return spawnSync(name, ['-fsyntax-only', '-x', 'c', '-'], { input: '#include <stdio.h>\n' }).status === 0
  })
}

const NEEDS: readonly Need[] = [
  {
    name: 'spin',
    why: 'checks the models',
    found: () => (which('spin') ? versionLine('spin', '-V') : undefined),
    packages: async () => ['spin'],
  },
  {
    name: 'a C compiler',
    why: 'compiles the checker that spin writes for a model',
    found: () => compiler(),
    packages: async () => ['gcc', 'libc6-dev'],
  },
]

/** Installs what is missing, or says what to install. */
export async function provide(): Promise<void> {
  const missing = NEEDS.filter((need) => !need.found())
  if (missing.length) await install(missing)
}
