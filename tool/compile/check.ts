/** `npm run check`: whether the hypervisor's modules compile, pass the audit and fit together. tsc knows nothing of their types. */
import { join } from 'node:path'
import { CompileError } from './failure.ts'
import { buildModules } from './modules.ts'
import { ROOT } from './tool-path.ts'

try {
  await buildModules({ root: ROOT, outDir: join(ROOT, 'build'), entries: {} })
} catch (error) {
  if (!(error instanceof CompileError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
