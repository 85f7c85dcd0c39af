/** `bulkhead events`: VMs' states and faults as they come, until somebody ends it. */
import { type ArgsDef, defineCommand } from 'citty'
import { reportText, stateText } from '../control/cause.ts'
import type { Report, StateEvent } from '../control/protocol.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions, count } from '../ui/option.ts'
import { say } from '../ui/step.ts'
import { attached, interrupted, TARGET } from './attach.ts'

/** How often the board is asked whether it still knows us, ms: a console that began anew does not. */
const PULSE = 10_000

const args = {
  target: TARGET,
  count: { type: 'string', valueHint: 'N', description: 'End after N events' },
  json: { type: 'boolean', description: 'Print each event as JSON, one a line' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'events', description: "Follow the VMs' states and faults" },
  args,
  async run({ args: { target, count: most, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    let left = count(most, '--count') ?? Number.POSITIVE_INFINITY
    return attached(target, async ({ client, board }) => {
      const width = Math.max(...board.vms.map(({ length }) => length))
      say(`following ${board.vms.join(', ')}`)
      const end = interrupted()
      let isGone = false
      let last: number | undefined
      await new Promise<void>((resolve) => {
        const print = (event: StateEvent | Report, line: string) => {
          const lost = last !== undefined && event.seq > last + 1 ? event.seq - last - 1 : 0
          last = event.seq // a console that began anew counts from 1
          if (left <= 0 || ('kind' in event && (event.kind === 'state' || (event.kind === 'exits' && !json)))) return
          if (lost > 0 && !json) console.log(`(the line was too slow for ${lost} more)`)
          console.log(json ? JSON.stringify(event) : `${stamp(event.ms)}  ${event.vm.padEnd(width)}  ${line}`)
          left -= 1
          if (left <= 0) resolve()
        }
        client.listen({
          state: (event) => print(event, stateText(event)),
          report: (report) => print(report, reportText(report)),
          closed: () => {
            isGone = true
            resolve()
          },
        })
        const pulse = setInterval(() => client.hello().catch(() => {}), PULSE)
        void end.promise.then(resolve)
        void end.promise.finally(() => clearInterval(pulse))
        pulse.unref()
      })
      end.done()
      if (isGone) throw new UserError('the board is gone', EXIT.USER)
      return EXIT.OK
    })
  },
})

function stamp(ms: number): string {
  return `${(ms / 1000).toFixed(3).padStart(10)} s`
}
