/** Runs the machine's own programs (apt, dpkg, sudo) and shows the last line that they print while they work. */
import { spawn, spawnSync } from 'node:child_process'

export interface Outcome {
  ok: boolean
  stdout: string
  /** Both streams, in order: what a person wants to see after a failure. */
  said: string
}

export interface CommandOptions {
  cwd?: string
  env?: Record<string, string>
  note?: (line: string) => void
  /** Lets the program ask at the terminal (sudo's password). */
  interactive?: boolean
}

export async function command(program: string, args: string[], options: CommandOptions = {}): Promise<Outcome> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env },
    stdio: [options.interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const said: Buffer[] = []
  const hear = (chunk: Buffer) => {
    said.push(chunk)
    const line = chunk
      .toString()
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1)
    if (line) options.note?.(line)
  }
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk)
    hear(chunk)
  })
  child.stderr.on('data', hear)
  const ok = await new Promise<boolean>((resolve) => {
    child.on('error', (error) => {
      said.push(Buffer.from(`${program}: ${error.message}\n`))
      resolve(false)
    })
    child.on('close', (status) => resolve(status === 0))
  })
  return { ok, stdout: Buffer.concat(out).toString(), said: Buffer.concat(said).toString() }
}

/** First line of what `program --version` prints; undefined if it cannot be run. */
export function versionLine(program: string, flag = '--version'): string | undefined {
  const result = spawnSync(program, [flag], { encoding: 'utf8' })
  return result.status === 0 ? result.stdout.split('\n')[0]! : undefined
}

/** The lines by which apt says what went wrong, or else its last lines. */
export function complaint(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim())
  const errors = lines.filter((line) => /^(E|Err|W):/.test(line))
  return (errors.length ? errors : lines).slice(-4).join('\n')
}
