/** The hypervisor's image, built if its sources are newer. */
import { shown } from '../config/project.ts'
import { sizeText } from '../ui/number.ts'
import { step } from '../ui/step.ts'

export interface Built {
  elf: string
  image: string
  size: number
}

export async function hypervisor(outDir: string): Promise<Built> {
  // The compilers take a second to load: only whoever builds pays for it.
  const { buildHypervisor } = await import('../compile/hypervisor.ts')
  return step('Building the hypervisor', async (note) => {
    const built = await buildHypervisor({ outDir, log: note })
    note(`${shown(built.image)}, ${sizeText(built.size)}`)
    return built
  })
}
