/** Developer's entry to the toolchain: `tsx tool/compile/run.ts [hypervisor | guest ENTRY OUT]`. */
import { CompileError } from './failure.ts'
import { buildGuest } from './guest.ts'
import { buildHypervisor } from './hypervisor.ts'

const USAGE = 'usage: tsx tool/compile/run.ts [hypervisor | guest ENTRY OUT]'

async function main([what = 'hypervisor', entry, out]: string[]): Promise<void> {
  const built =
    what === 'hypervisor'
      ? await buildHypervisor({ log: console.log })
      : what === 'guest' && entry && out
        ? await buildGuest({ entry, out, log: console.log })
        : undefined
  if (!built) throw new CompileError(USAGE)
  console.log(`${built.elf}\n${built.image} ${built.size} bytes`)
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof CompileError ? error.message : error)
  process.exitCode = error instanceof CompileError ? 1 : 2
})
