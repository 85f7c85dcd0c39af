/** Runs dtc, mkimage and mtools; what they read is written by us, so that a complaint of theirs is our bug. */
import { spawn } from 'node:child_process'
import { UserError } from '../ui/failure.ts'

export interface ToolOutput {
  stdout: Buffer
  stderr: string
}

/** A fixed date, so that the same input gives the same bytes. */
const EPOCH = '1'

export interface ToolOptions {
  cwd?: string
  input?: string
  env?: Record<string, string>
}

export async function runTool(command: string, args: string[], options: ToolOptions = {}) {
  const env = { ...process.env, SOURCE_DATE_EPOCH: EPOCH, ...options.env }
  const child = spawn(command, args, { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk) => out.push(chunk))
  child.stderr.on('data', (chunk) => err.push(chunk))
  // A tool that ends before it has read everything says why on stderr.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve)
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT'
      reject(missing ? new UserError(`${command} is missing; install it with npx bulkhead setup`) : error)
    })
  })
  const result: ToolOutput = { stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }
  if (status === 0) return result
  throw new Error(`${command} ${args.join(' ')} failed (${status}):\n${result.stderr}${result.stdout}`)
}
