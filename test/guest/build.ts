/** Builds isolation guests into build/test/<name>.img, and the DTBs of those that bring their own. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGuest } from '../../tool/compile/guest.ts'
import { run } from '../../tool/compile/process.ts'
import { ROOT } from '../../tool/compile/tool-path.ts'
import type { IsolationGuest } from './catalogue.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const OUT = join(ROOT, 'build/test')

export interface Built {
  image: string
  dtb?: string
}

export async function buildIsolationGuest({ name, source, dts }: IsolationGuest): Promise<Built> {
  const { image } = await buildGuest({ entry: join(HERE, source), out: join(OUT, `${name}.img`) })
  if (!dts) return { image }
  await mkdir(OUT, { recursive: true })
  const dtb = join(OUT, `${name}.dtb`)
  await run('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-o', dtb, join(HERE, dts)], ROOT)
  return { image, dtb }
}
