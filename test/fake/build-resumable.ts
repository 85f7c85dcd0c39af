/**
 * Makes build/test/core.wasm: core as it ships, byte for byte in its code, with exports for what a CPU does when WFI ends. On the
 * desk a CPU that waits has to leave its call, and so needs a way back into the middle of it (src/core/schedule.ts, `settle`).
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, exclusive, inputHash } from '../../tool/compile/cache.ts'
import { ROOT } from '../../tool/compile/tool-path.ts'

const SHIPPED = 'build/wasm/core.wasm'
const FOLDER = join(ROOT, 'build/test')
const OUTPUT = join(FOLDER, 'core.wasm')
const RESUME = {
  take: 'src/core/gic/take',
  handleInterrupt: 'src/core/interrupt/handleInterrupt',
  settle: 'src/core/schedule/settle',
}

/** A core that lost one of these functions to the optimizer is reported, and missing afterwards. */
export function buildResumable(report: (message: string) => void): Promise<void> {
  return exclusive(FOLDER, async () => {
    await mkdir(FOLDER, { recursive: true })
    const key = inputHash(ROOT, [SHIPPED, 'test/fake/build-resumable.ts'], RESUME)
    await cached(join(FOLDER, 'core.json'), key, [OUTPUT], make).catch(async (error: Error) => {
      report(error.message)
      await rm(OUTPUT, { force: true })
    })
  })
}

async function make(): Promise<void> {
  const { default: binaryen } = await import('binaryen')
  const module = binaryen.readBinary(await readFile(join(ROOT, SHIPPED)))
  try {
    for (const [name, inner] of Object.entries(RESUME)) {
      if (!module.getFunction(inner)) throw new Error(`${SHIPPED} has no function ${inner}`)
      module.addFunctionExport(inner, name)
    }
    await writeFile(OUTPUT, module.emitBinary())
  } finally {
    module.dispose()
  }
}
