/** Runs a system in QEMU until something decides that it is over, and says what that was. */
import { StringDecoder } from 'node:string_decoder'
import { Splitter } from '../control/split.ts'
import { Console, type ConsoleLine, HYPERVISOR } from './console.ts'
import { QemuProcess } from './process.ts'

export type End =
  /** Every pattern of `until` has been seen. */
  | 'matched'
  /** The machine was switched off: all guests have ended. */
  | 'off'
  /** The hypervisor found something at boot that it cannot go on with. */
  | 'parked'
  | 'timeout'
  | 'interrupted'
  /** At the keyboard. */
  | 'quit'
  /** QEMU failed. */
  | 'qemu'

export interface RunOptions {
  args: readonly string[]
  vmNames: readonly string[]
  /** Over when each of these has matched a line, name in front included. */
  until?: readonly RegExp[]
  /** Seconds. */
  timeout?: number | undefined
  onLine?: (line: ConsoleLine) => void
  /** Whatever comes, records of the control protocol and all. */
  onBytes?: (bytes: Buffer) => void
  /** The console's text as it comes, before lines are made of it. */
  onText?: (text: string) => void
  /** Ends the run when it is aborted; the reason is `interrupted` or `quit`. */
  signal?: AbortSignal
  /** Called once QEMU runs, with a way to type. */
  onStart?: (type: (bytes: Buffer | string) => void) => void
}

export interface RunResult {
  end: End
  /** VMs that crashed, in order. */
  crashed: string[]
  /** QEMU's own words. */
  complaint: string
  seconds: number
}

/** Silence after which an unfinished line counts as a prompt, ms. */
const LULL = 100

/** `stop: why; remedy` of src/core/panic.ts. */
const PARKED = /^stop: /
/** src/core/report.ts, of a VM that its own fault ended, or whose image is damaged. */
const CRASHED = /^VM '([a-z0-9-]+)' (?:crashed|cannot start)/

export async function runQemu(options: RunOptions): Promise<RunResult> {
  const started = performance.now()
  const qemu = new QemuProcess(options.args)
  const console = new Console(options.vmNames)
  const decoder = new StringDecoder('utf8')
  const crashed: string[] = []
  let open = [...(options.until ?? [])]
  let end: End | undefined
  let lull: NodeJS.Timeout | undefined

  const finish = (why: End) => {
    if (end) return
    end = why
    void qemu.stop()
  }
  const match = (line: ConsoleLine) => {
    if (open.length === 0) return
    open = open.filter((pattern) => !pattern.test(line.whole))
    if (open.length === 0) finish('matched')
  }
  const hear = (line: ConsoleLine) => {
    options.onLine?.(line)
    match(line)
    if (line.source !== HYPERVISOR) return
    const vm = CRASHED.exec(line.text)?.[1]
    if (vm !== undefined) crashed.push(vm)
    if (PARKED.test(line.text)) finish('parked')
  }
  /** Whoever listens may fail: a log on a full disk. */
  let failure: { error: unknown } | undefined
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      failure ??= { error }
      finish('interrupted')
    }
  }
  const splitter = new Splitter({
    text: (bytes) => {
      const text = decoder.write(bytes)
      options.onText?.(text)
      for (const line of console.feed(text)) hear(line)
    },
    record: () => {},
  })
  qemu.child.stdout.on('data', (chunk: Buffer) => {
    if (end) return
    guarded(() => {
      options.onBytes?.(chunk)
      splitter.feed(chunk)
    })
    // A prompt never ends its line; any other line is better seen whole.
    clearTimeout(lull)
    lull = setTimeout(() => console.partial && match(console.partial), LULL)
  })

  const timer = options.timeout ? setTimeout(() => finish('timeout'), options.timeout * 1000) : undefined
  const abort = () => finish(options.signal?.reason === 'quit' ? 'quit' : 'interrupted')
  options.signal?.addEventListener('abort', abort)
  options.onStart?.((bytes) => qemu.child.stdin.write(bytes))
  try {
    const { code } = await qemu.closed
    end ??= code === 0 ? 'off' : 'qemu'
    guarded(() => console.partial && options.onLine?.(console.partial))
    if (failure) throw failure.error
  } finally {
    clearTimeout(timer)
    clearTimeout(lull)
    options.signal?.removeEventListener('abort', abort)
  }
  return { end: end!, crashed, complaint: qemu.complaint.trim(), seconds: (performance.now() - started) / 1000 }
}
