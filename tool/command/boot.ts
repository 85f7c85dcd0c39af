/** One run in QEMU at somebody's terminal, or in a CI job: screen, keyboard, logs, exit code. */
import { Hub } from '../control/hub.ts'
import { OwnLine } from '../control/own-line.ts'
import { Console, type ConsoleLine, HYPERVISOR } from '../qemu/console.ts'
import { Keyboard } from '../qemu/keyboard.ts'
import { ConsoleLog } from '../qemu/log.ts'
import { type RunResult, runQemu } from '../qemu/run.ts'
import { Screen } from '../qemu/screen.ts'
import { Symbols } from '../qemu/symbol.ts'
import { EXIT, refusalText, UserError } from '../ui/failure.ts'
import { say } from '../ui/step.ts'
import type { GuestSymbols } from './guest-symbol.ts'

export interface BootOptions {
  args: string[]
  vmNames: string[]
  /** For the names behind addresses: the hypervisor's, and the guests'. */
  elf: string
  guests?: GuestSymbols
  until?: readonly RegExp[]
  timeout?: number | undefined
  log?: string | undefined
  json?: boolean | undefined
  /** Where others may steer the board meanwhile. */
  socket?: string | undefined
  /** Where QEMU offers the control line, if that is not the console's. */
  line?: string | undefined
}

/** The exit code; the reason goes to stderr. */
export async function boot(options: BootOptions): Promise<number> {
  const { args, vmNames, until = [], timeout, json = false } = options
  const interactive = !json && process.stdin.isTTY === true && process.stdout.isTTY === true
  const log = options.log === undefined ? undefined : new ConsoleLog(options.log, vmNames)
  const symbols = new Symbols(options.elf)
  const stop = new AbortController()
  const keyboard = new Keyboard(interactive, (why) => stop.abort(why))
  const print = (text: string) => process.stdout.write(text)
  const screen = interactive ? new Screen(new Console(vmNames), vmNames, print) : undefined
  // A guest may print what it likes; looking it up would cost us.
  const explain = (line: ConsoleLine) => {
    if (line.source !== HYPERVISOR) return
    for (const note of [...symbols.explain(line.text), ...(options.guests?.explain(line.text) ?? [])]) {
      const extra = { source: line.source, text: `  ${note}`, whole: `${' '.repeat(11)}  ${note}` }
      log?.add(extra)
      if (json) print(`${JSON.stringify({ source: line.source, note })}\n`)
      else print(`${extra.whole}${interactive ? '\r\n' : '\n'}`)
    }
  }
  let type: ((bytes: Buffer) => void) | undefined
  const line = options.line === undefined ? undefined : new OwnLine(options.line)
  const onLine = line && ((bytes: Buffer) => line.send(bytes))
  const hub = options.socket === undefined ? undefined : new Hub((bytes) => type?.(bytes), onLine)
  let lost: NodeJS.ErrnoException | undefined
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    lost ??= error
    stop.abort('interrupted')
  })
  if (interactive) say('Ctrl-a x ends it. Ctrl-] ? lists the VMs, Ctrl-] 1 gives the first one screen and keyboard.')
  try {
    if (options.socket !== undefined) await hub!.listen(options.socket)
    const result = await runQemu({
      args,
      vmNames,
      until,
      timeout,
      signal: stop.signal,
      onStart: (typing) => {
        type = typing
        line?.open((bytes) => hub?.line.feed(bytes))
        keyboard.start(typing)
      },
      onBytes: (bytes) => hub?.hear(bytes),
      onText: (text) => screen?.feed(text),
      onLine: (line) => {
        log?.add(line)
        if (json) print(`${JSON.stringify({ source: line.source, text: line.text })}\n`)
        else if (!interactive) print(`${line.whole}\n`)
        explain(line)
      },
    })
    screen?.flush()
    // Whoever read our output may go, as `| head` does; a full disk is another matter.
    if (lost && lost.code !== 'EPIPE') throw new UserError(refusalText(lost, 'stdout') ?? `stdout: ${lost.message}`)
    return conclude(result, until.length > 0, timeout, json)
  } finally {
    keyboard.stop()
    hub?.close()
    line?.close()
    log?.close()
  }
}

function conclude(result: RunResult, hasUntil: boolean, timeout: number | undefined, json: boolean): number {
  const { code, text } = verdict(result, hasUntil, timeout)
  if (json) {
    const { end, crashed, seconds } = result
    process.stdout.write(`${JSON.stringify({ end, crashed, seconds: Number(seconds.toFixed(2)), exitCode: code })}\n`)
  }
  if (code === EXIT.QEMU) throw new UserError(text, code)
  say(`\n${text}`)
  return code
}

function verdict(result: RunResult, hasUntil: boolean, timeout?: number): { code: number; text: string } {
  const { end, crashed, complaint, seconds } = result
  const after = `after ${seconds.toFixed(1)} s`
  const crash = crashed.length ? `; crashed: ${[...new Set(crashed)].join(', ')}` : ''
  switch (end) {
    case 'matched':
      return { code: EXIT.OK, text: `Every line that was waited for has come, ${after}${crash}` }
    case 'off':
      if (crashed.length) return { code: EXIT.CRASHED, text: `The machine is off ${after}${crash}` }
      if (hasUntil) return { code: EXIT.UNMATCHED, text: `The machine is off ${after}; not every --until has matched` }
      return { code: EXIT.OK, text: `All guests have ended, ${after}` }
    case 'parked':
      return { code: EXIT.CRASHED, text: 'The hypervisor stopped at boot: its last line says why' }
    case 'timeout':
      return { code: EXIT.TIMEOUT, text: `The ${timeout} s are over${crash}` }
    case 'quit':
      return { code: EXIT.OK, text: `Ended at the keyboard ${after}${crash}` }
    case 'interrupted':
      return { code: EXIT.INTERRUPTED, text: `Interrupted ${after}` }
    case 'qemu':
      return { code: EXIT.QEMU, text: `QEMU failed: ${complaint || 'it was killed'}` }
  }
}
