/**
 * `npm run check`: whether the hypervisor's modules compile, pass the audit, fit together, and become an image whose calls all
 * lead to what is there. tsc knows nothing of their types.
 */
import { CompileError } from './failure.ts'
import { buildHypervisor } from './hypervisor.ts'

try {
  await buildHypervisor()
} catch (error) {
  if (!(error instanceof CompileError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
