/** The hypervisor's image, built if its sources are newer. */
import { shown } from '../config/project.ts'
import { sizeText } from '../ui/number.ts'
import { step } from '../ui/step.ts'

export interface Built {
  elf: string
  image: string
  /** Files of its extensions by their names. */
  extensions: Record<string, string>
  size: number
}

/** `onLine` gets what the build reports: each entry point's worst-case stack. */
export async function hypervisor(outDir: string, onLine?: (line: string) => void): Promise<Built> {
  // The compilers take a second to load: only whoever builds pays for it.
  const { buildHypervisor } = await import('../compile/hypervisor.ts')
  const lines: string[] = []
  const built = await step('Building the hypervisor', async (note) => {
    const built = await buildHypervisor({ outDir, log: (line) => lines.push(line) })
    note(`${shown(built.image)}, ${sizeText(built.size)}`)
    return built
  })
  if (onLine) lines.forEach(onLine)
  return built
}
