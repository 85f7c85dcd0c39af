/** The `bulkhead` command in this process: what it printed and its exit code. */
import { vi } from 'vitest'
import { main } from '../../tool/cli.ts'
import { silence } from '../../tool/ui/step.ts'

export async function bulkhead(...words: string[]) {
  // What an earlier --json left.
  silence(false)
  const out: unknown[] = []
  const err: unknown[] = []
  const keep = (list: unknown[], end: string) => (text: unknown) => list.push(text, end) > 0
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep(out, '\n')),
    vi.spyOn(process.stdout, 'write').mockImplementation(keep(out, '')),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep(err, '')),
  ]
  const status = await main(words)
  for (const spy of spies) spy.mockRestore()
  return { status, stdout: out.join(''), stderr: err.join('') }
}
