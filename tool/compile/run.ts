/** Developer's entry to the toolchain: `tsx tool/compile/run.ts [hypervisor | guest ENTRY OUT]`. */
import { CompileError } from './failure.ts'
import { buildHypervisor } from './hypervisor.ts'

async function main(): Promise<void> {
  const { elf, image, size } = await buildHypervisor({ log: console.log })
  console.log(`${elf}\n${image} ${size} bytes`)
}

main().catch((error) => {
  console.error(error instanceof CompileError ? error.message : error)
  process.exitCode = error instanceof CompileError ? 1 : 2
})
