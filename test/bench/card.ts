/** A Raspberry Pi 4: how long `bulkhead image` takes for an SD card with a large bundle, by the clock, so that it tells of the machine too; and
 * what is executed until two guests run. */
import { execFileSync } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../../tool/config/project.ts'
import { assemblyscript } from '../../tool/config/source.ts'
import { bothOnRaspberry, buildGuests } from './measure.ts'

const FOLDER = join(ROOT, 'build/test/bench-card')
const SIZE = 64 * 2 ** 20

export interface CardResult {
  /** The best of three, from the command's start to its end, and what it wrote; the hypervisor is built already. */
  seconds: number
  bundle: number
  image: number
  /** Executed instructions from reset to both guests' first. */
  boot: number
}

export async function measureCard(): Promise<CardResult> {
  await mkdir(FOLDER, { recursive: true })
  // Bytes that no tool can make less of, the same each time.
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(SIZE))
  await writeFile(join(FOLDER, 'noise'), noise)
  const kernel = join(ROOT, 'example/pulse/main.ts')
  const disk = { virtio: 'block', image: 'noise' }
  const vms = [{ name: 'one', memory: '2M', kernel: assemblyscript(kernel), devices: ['uart', disk] }]
  const config = join(FOLDER, 'bulkhead.config.ts')
  await writeFile(config, `export default ${JSON.stringify({ name: 'bench-card', board: 'rpi4', vms })}\n`)
  const out = join(FOLDER, 'card.img')
  const seconds: number[] = []
  for (let i = 0; i < 3; i++) seconds.push(imageSeconds(config, out))
  const bundle = (await stat(join(ROOT, 'build/bench-card/bundle.itb'))).size
  const image = (await stat(out)).size
  await rm(FOLDER, { recursive: true })
  await buildGuests()
  return { seconds: Math.min(...seconds), bundle, image, boot: await bothOnRaspberry() }
}

function imageSeconds(config: string, out: string): number {
  const start = performance.now()
  execFileSync(process.execPath, ['tool/bulkhead.mjs', 'image', config, '--out', out, '--json'], { cwd: ROOT })
  return Math.round(performance.now() - start) / 1000
}
