/** Skips work whose inputs have not changed, and keeps two builds out of one folder. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './tool-path.ts'

/** What every build depends on besides its sources: this toolchain and its packages. */
const TOOLCHAIN = ['tool/compile', 'asconfig.json', 'package-lock.json']

/** Hash of files and whole folders under root, by name and content, and of `settings`. */
export function inputHash(root: string, paths: string[], settings: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(settings))
  for (const [folder, list] of [
    [ROOT, TOOLCHAIN],
    [root, paths],
  ] as const) {
    for (const path of list.flatMap((path) => filesUnder(folder, path)).sort()) {
      hash.update(`\0${path}\0`).update(readFileSync(join(folder, path)))
    }
  }
  return hash.digest('hex')
}

function filesUnder(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return []
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path)).flatMap((name) => filesUnder(root, `${path}/${name}`))
}

/** The value that `make` gave for this key last time, if the files that it names in `outputs` are still there. */
export async function cached<T>(file: string, key: string, outputs: string[], make: () => Promise<T>): Promise<T> {
  try {
    const saved = JSON.parse(await readFile(file, 'utf8')) as { file: string; key: string; value: T }
    if (saved.file === file && saved.key === key && outputs.every((path) => existsSync(path))) return saved.value
  } catch {
    // never built, or a stamp that was cut short
  }
  await rm(file, { force: true })
  const value = await make()
  await writeFile(file, JSON.stringify({ file, key, value }))
  return value
}

/** Builds of this process, by folder: each waits for the one before. */
const running = new Map<string, Promise<unknown>>()

/** Runs `work` while no other build, of this process or another, writes into `folder`. */
export function exclusive<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const turn = (running.get(folder) ?? Promise.resolve()).then(() => locked(folder, work))
  running.set(
    folder,
    turn.catch(() => {}),
  )
  return turn
}

async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, '.lock')
  while (!(await take(file))) await sleep(100)
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx')
    await handle.writeFile(String(process.pid))
    await handle.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (await isAbandoned(file)) await rm(file, { force: true })
    return false
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(file, 'utf8'))
    // An empty lock is one that its owner is about to sign, unless it died over that.
    return owner ? !isAlive(owner) : Date.now() - (await stat(file)).mtimeMs > 5000
  } catch {
    return false // released in the meantime
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
