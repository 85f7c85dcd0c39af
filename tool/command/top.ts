/** `bulkhead top`: what each VM uses, again and again: time on its cores, time that others took, exits by class. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ArgsDef, defineCommand } from 'citty'
import { type Use, useOf } from '../control/use.ts'
import { EXIT } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { checkOptions, count, seconds } from '../ui/option.ts'
import { type Column, table } from '../ui/table.ts'
import { attached, interrupted, TARGET } from './attach.ts'
import { allStatus } from './ps.ts'

const args = {
  target: TARGET,
  interval: { type: 'string', valueHint: 'S', description: 'Seconds between two looks, 1 by default' },
  count: { type: 'string', valueHint: 'N', description: 'End after N tables' },
  json: { type: 'boolean', description: 'Print each table as JSON, one a line' },
} satisfies ArgsDef

const COLUMNS: Column<Use>[] = [
  { head: 'VM', cell: ({ vm }) => vm },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'CPU %', cell: ({ cpu }) => cpu },
  { head: 'STOLEN %', cell: ({ stolen }) => stolen },
  { head: 'CALLS/s', cell: ({ hypercalls }) => hypercalls },
  { head: 'DEVICES/s', cell: ({ accesses }) => accesses },
  { head: 'IRQS/s', cell: ({ interrupts }) => interrupts },
  { head: 'TRAPS/s', cell: ({ traps }) => traps },
  { head: 'MEMORY', cell: ({ memory }) => sizeText(memory) },
]

export default defineCommand({
  meta: { name: 'top', description: 'Show what each VM uses, live' },
  args,
  async run({ args: { target, interval, count: most, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    const pause = (seconds(interval, '--interval') ?? 1) * 1000
    let left = count(most, '--count') ?? Number.POSITIVE_INFINITY
    return attached(target, async (board) => {
      const end = interrupted()
      let isOver = false
      void end.promise.then(() => {
        isOver = true
      })
      const live = !json && process.stdout.isTTY === true
      for (let before = await allStatus(board); left > 0 && !isOver; left--) {
        await Promise.race([sleep(pause), end.promise])
        if (isOver) break
        const now = await allStatus(board)
        const uses = now.map((status, i) => useOf(before[i]!, status))
        before = now
        if (json) console.log(JSON.stringify(uses))
        // Home, then each line erased to its end: nothing flickers. ECMA-48, "CUP", "EL", "ED".
        else if (live) process.stdout.write(`\x1b[H${table(COLUMNS, uses).join('\x1b[K\n')}\x1b[K\n\x1b[J`)
        else console.log(`${table(COLUMNS, uses).join('\n')}\n`)
      }
      end.done()
      return EXIT.OK
    })
  },
})
