/** The tool as a person or a script uses it from another terminal. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from '../../../tool/config/project.ts'
import { bulkhead as command } from '../../fake/command-line.ts'

const TOOL = join(ROOT, 'tool/bulkhead.mjs')
/** A busy machine builds and boots slowly. */
const PATIENCE = 180_000

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** `env`: beside our own. */
export function start(
  words: string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended>; told: Ended } {
  const child = spawn(process.execPath, [TOOL, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const told: Ended = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    told.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    told.stderr += chunk
  })
  const ended = once(child, 'close').then(([code]) => ({ ...told, code }))
  return { child, ended, told }
}

export interface Running {
  told: Ended
  /** Until it has said that, or said enough. */
  seen: (what: RegExp | (() => boolean)) => Promise<void>
}

/** A program that is gone when `work` is done. */
export async function during(words: string[], work: (running: Running) => Promise<void>): Promise<void> {
  const { child, ended, told } = start(words)
  const seen = (what: RegExp | (() => boolean)) =>
    new Promise<void>((resolve, reject) => {
      const isSo = typeof what === 'function' ? what : () => what.test(told.stdout + told.stderr)
      const look = () => isSo() && resolve()
      look()
      child.stdout!.on('data', look)
      child.stderr!.on('data', look)
      const fail = () => reject(new Error(`${what} did not come: ${told.stdout}${told.stderr}`))
      const timer = setTimeout(fail, PATIENCE)
      void ended.then(() => {
        clearTimeout(timer)
        fail()
      })
    })
  try {
    await work({ told, seen })
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

/** One command, in this process, since another takes longer to begin than most commands to be done; its output. */
export async function bulkhead(target: string, ...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await command(...words, '--target', target)
  if (status !== 0) throw new Error(`${words.join(' ')}: ${status}: ${stderr}`)
  return stdout
}

/** The same of one that fails: its exit code, and what it complains of. */
export async function refused(target: string, ...words: string[]): Promise<[number, string]> {
  const { status, stderr } = await command(...words, '--target', target)
  return [status, stderr]
}
