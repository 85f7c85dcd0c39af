/** Runs the build's programs: clang, lld, wasm2c. */
import { spawn } from 'node:child_process'
import { CompileError } from './failure.ts'

/** Resolves with stdout; a failing program's own words become the error. */
export function run(program: string, args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString())
      const said = Buffer.concat([...out, ...err])
        .toString()
        .trim()
      reject(new CompileError(said || `${program} ended with ${signal ?? `code ${code}`}`))
    })
  })
}
