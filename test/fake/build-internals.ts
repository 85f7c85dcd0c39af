/** Compiles test/fake/core-entry.ts to build/test/internals.wasm, with a counter in every loop that a test can let run out. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Parser } from 'assemblyscript'
import type binaryen from 'binaryen'
import { cached, exclusive, inputHash } from '../../tool/compile/cache.ts'
import { ROOT } from '../../tool/compile/tool-path.ts'

const ENTRY = 'test/fake/core-entry.ts'
const FOLDER = join(ROOT, 'build/test')
const OUTPUT = join(FOLDER, 'internals.wasm')
const OWN = [ENTRY, 'test/fake/core-schedule.ts', 'test/fake/build-internals.ts']
const SOURCES = ['src/hw.ts', 'src/abi', 'src/lib', 'src/arch', 'src/core', ...OWN]
/** Quick to compile: what ships is tested elsewhere. */
const OPTIONS = ['--config', 'asconfig.json', '--target', 'core', '--optimizeLevel', '1', '--outFile', 'out.wasm']

/** A core that does not compile is reported, and missing afterwards. */
export function buildInternals(report: (message: string) => void): Promise<void> {
  return exclusive(FOLDER, async () => {
    await mkdir(FOLDER, { recursive: true })
    const key = inputHash(ROOT, SOURCES, OPTIONS)
    await cached(join(FOLDER, 'internals.json'), key, [OUTPUT], compile).catch(async (error: Error) => {
      report(error.message)
      await rm(OUTPUT, { force: true })
    })
  })
}

async function compile(): Promise<void> {
  const [{ default: asc }, { addFuel, FUEL_GLOBAL }, { packLiterals }] = await Promise.all([
    import('assemblyscript/asc'),
    import('../../tool/compile/fuel.ts'),
    import('../../tool/compile/literal.ts'),
  ])
  class Count {
    afterParse(parser: Parser) {
      packLiterals(parser, () => undefined)
    }
    afterCompile(module: binaryen.Module) {
      addFuel(module)
      module.addGlobalExport(FUEL_GLOBAL, FUEL_GLOBAL)
    }
  }
  const files = new Map<string, Uint8Array | string>()
  const { error, stderr } = await asc.main([ENTRY, ...OPTIONS, '--baseDir', ROOT], {
    writeFile: (name: string, contents: Uint8Array | string) => void files.set(name, contents),
    transforms: [Count as never],
  } as never)
  if (error) throw new Error(`${ENTRY}: ${stderr.toString()}`)
  await writeFile(OUTPUT, files.get('out.wasm') as Uint8Array)
}
