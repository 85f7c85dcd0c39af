/** `bulkhead trace`: what the cores of a running board do, as a file for Perfetto or Chrome. doc/trace.md. */
import { writeFileSync } from 'node:fs'
import { type ArgsDef, defineCommand } from 'citty'
import { shown } from '../config/project.ts'
import { Refusal } from '../control/refusal.ts'
import { chromeTrace, timeOf } from '../debug/chrome.ts'
import { readTrace } from '../debug/trace.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions, seconds } from '../ui/option.ts'
import { say, silence } from '../ui/step.ts'
import { attached, interrupted, TARGET } from './attach.ts'
import { allStatus } from './ps.ts'

const FILE = 'trace.json'

const args = {
  target: TARGET,
  seconds: { type: 'string', valueHint: 'S', description: 'For how long, 1 by default' },
  out: { type: 'string', valueHint: 'FILE', description: `Where to, ${FILE} by default` },
  json: { type: 'boolean', description: 'Print the trace instead' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'trace', description: 'Write what each core does as a trace for Perfetto: who runs, and every exit' },
  args,
  async run({ args: { target, seconds: wish, out = FILE, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    if (json) silence()
    const length = (seconds(wish, '--seconds') ?? 1) * 1000
    return attached(target, async (board) => {
      const list = await allStatus(board)
      const names = list.flatMap(({ vm, vcpus }) =>
        Array.from({ length: vcpus }, (_, i) => (vcpus > 1 ? `${vm} ${i}` : vm)),
      )
      const cores = [...new Set(list.flatMap((each) => each.cores))].sort((a, b) => a - b)
      const end = interrupted()
      let isOver = false
      void end.promise.then(() => {
        isOver = true
      })
      const until = performance.now() + length
      const trace = await readTrace(board.client, cores, () => isOver || performance.now() >= until).catch(refused)
      end.done()
      const chrome = chromeTrace(trace, names)
      if (json) {
        process.stdout.write(`${JSON.stringify(chrome)}\n`)
        return EXIT.OK
      }
      writeFileSync(out, JSON.stringify(chrome))
      for (const [core, count] of trace.lost) say(`core ${core}: the line was too slow for ${count} more`)
      for (const [name, time] of timeOf(chrome)) say(`${name}: ${(time / 1000).toFixed(1)} ms`)
      console.log(`${shown(out)}: ${trace.records.length} records; open it at https://ui.perfetto.dev`)
      return EXIT.OK
    })
  },
})

function refused(error: unknown): never {
  if (error instanceof Refusal && error.reason === 'unknown-method') {
    throw new UserError('the board cannot be traced: give its config trace: true, and build it again')
  }
  throw error
}
