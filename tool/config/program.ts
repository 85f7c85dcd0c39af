/** Finds the machine's programs. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The program's path, as a shell would find it. */
export function which(program: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // not in this folder
    }
  }
  return undefined
}
