/** Progress of long work: one line that is rewritten on a terminal, plain lines elsewhere; always on stderr. */
import { errorColors as colors } from './color.ts'

let quiet = false
/** With `--json` only the answer may appear. */
export function silence(isQuiet = true): void {
  quiet = isQuiet
}

export function say(line: string): void {
  if (!quiet) process.stderr.write(`${line}\n`)
}

/** The answer that `--json` promises, on stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Runs `work` under a label; `note` replaces the text behind the label while it runs and when it ends. */
export async function step<T>(label: string, work: (note: (text: string) => void) => Promise<T> | T): Promise<T> {
  const live = !quiet && process.stderr.isTTY === true
  const started = performance.now()
  let text = ''
  const draw = (mark: string) => process.stderr.write(`\r\x1b[K${mark} ${label}${text && colors.dim(` ${text}`)}`)
  const note = (next: string) => {
    text = next.replace(/\s+/g, ' ').slice(0, Math.max(20, (process.stderr.columns || 100) - label.length - 4))
    if (live) draw(colors.cyan('·'))
  }
  if (live) draw(colors.cyan('·'))
  try {
    const result = await work(note)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (live) {
      draw(colors.green('✓'))
      process.stderr.write(colors.dim(` ${seconds} s\n`))
    } else say(`${label}${text && `: ${text}`} (${seconds} s)`)
    return result
  } catch (error) {
    if (live) {
      draw(colors.red('✗'))
      process.stderr.write('\n')
    }
    throw error
  }
}
