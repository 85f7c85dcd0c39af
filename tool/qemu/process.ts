/** One QEMU process that never outlives us, whatever ends us. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { which } from '../config/program.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { QEMU } from './arguments.ts'

/** How long QEMU may take to end by itself after SIGTERM, ms. */
const GRACE = 1000

export class QemuProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** Resolves when QEMU is gone and all its output has been read. */
  readonly closed: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** What QEMU itself complained about. */
  complaint = ''

  constructor(args: readonly string[]) {
    if (!which(QEMU)) throw new UserError(`${QEMU} is missing; install it with npx bulkhead setup`, EXIT.QEMU)
    // The kernel kills QEMU when we die without a chance to do it, as by SIGKILL.
    const [program = QEMU, ...before] = which('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', QEMU] : []
    this.child = spawn(program, [...before, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    const onExit = () => this.child.kill('SIGKILL')
    process.on('exit', onExit)
    this.child.stdin.on('error', () => {})
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.complaint += chunk.toString()
    })
    this.closed = new Promise((resolve, reject) => {
      this.child.on('error', (error: NodeJS.ErrnoException) => {
        process.off('exit', onExit)
        reject(new UserError(`QEMU could not be started: ${error.message}; is it installed?`, EXIT.QEMU))
      })
      this.child.on('close', (code, signal) => {
        process.off('exit', onExit)
        resolve({ code, signal })
      })
    })
    this.closed.catch(() => {})
  }

  /** Ends QEMU, gently at first; nobody listens to it any more. */
  async stop(): Promise<void> {
    this.child.stdout.destroy()
    this.child.stderr.destroy()
    this.child.kill('SIGTERM')
    const hammer = setTimeout(() => this.child.kill('SIGKILL'), GRACE)
    await this.closed.catch(() => {})
    clearTimeout(hammer)
  }
}
