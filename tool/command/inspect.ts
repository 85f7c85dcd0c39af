/** `bulkhead inspect`: a page that shows a system on its board, and lives while a board runs it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ArgsDef, defineCommand } from 'citty'
import { readKey } from '../config/key.ts'
import { shown } from '../config/project.ts'
import { Client } from '../control/client.ts'
import { socketPath } from '../control/socket.ts'
import { connect } from '../control/target.ts'
import { pageOf } from '../page/document.ts'
import { Feed } from '../page/feed.ts'
import { planOf } from '../page/plan.ts'
import { liveScript } from '../page/script.ts'
import { type Served, serve } from '../page/serve.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions, portOf } from '../ui/option.ts'
import { printJson, say, silence } from '../ui/step.ts'
import { CONFIG } from './argument.ts'
import { interrupted, type Place, placeOf, TARGET } from './attach.ts'
import { type Prepared, prepare } from './prepare.ts'

/** Before a board that is gone is looked for again, ms. */
const AGAIN = 1000

const args = {
  config: CONFIG,
  target: { ...TARGET, description: `The board to watch: ${TARGET.description}` },
  port: { type: 'string', valueHint: 'N', description: 'The port to serve on, by default any that is free' },
  html: { type: 'string', valueHint: 'FILE', description: 'Write the page as one file instead' },
  json: { type: 'boolean', description: 'Print what the page shows as JSON instead' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'inspect', description: 'Show who owns what of a board, and what it does, as a page' },
  args,
  async run({ args: { config, target, port, html, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    if (json) silence()
    const number = portOf(port)
    const prepared = await prepare(config)
    const plan = planOf(prepared.system, prepared.guests)
    if (json) return printJson(plan)
    if (html !== undefined) {
      writeFileSync(html, pageOf(plan).html)
      say(`${shown(html)}: ${plan.name} on ${plan.board.name}`)
      return
    }
    const where = await watched(prepared, target)
    const end = interrupted()
    const stop = new AbortController()
    void end.promise.then(() => stop.abort())
    let served: Served | undefined
    const feed = new Feed((message) => served?.tell(message))
    served = await serve(pageOf(plan, await liveScript()), number, () => feed.all)
    console.log(served.url)
    say('Ctrl-C ends it.')
    try {
      await keepUp(
        feed,
        where,
        plan.vms.map(({ name }) => name),
        stop.signal,
      )
    } finally {
      await served.close()
      end.done()
    }
    return EXIT.OK
  },
})

/** Without --target, whatever `bulkhead run` plays of this config. */
async function watched({ system, outDir }: Prepared, target: string | undefined): Promise<Place> {
  const wish = target ?? process.env.BULKHEAD_TARGET
  if (wish !== undefined) return placeOf(wish)
  const key = process.env.BULKHEAD_KEY ?? system.key
  return {
    target: { kind: 'unix', path: socketPath(join(outDir, system.name)) },
    key: key ? readKey(key).bytes : undefined,
  }
}

/** Boards come and go; the page stays. */
async function keepUp(feed: Feed, where: Place, vms: string[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let client: Client | undefined
    try {
      client = new Client(await connect(where.target), where.key)
      const leave = () => client?.close()
      signal.addEventListener('abort', leave, { once: true })
      await feed.follow(client, vms, signal)
      feed.lose('The board is gone; the page goes on once it is back.')
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      feed.lose(`No board: ${error.message}`)
    } finally {
      client?.close()
    }
    await sleep(AGAIN, undefined, { signal }).catch(() => {})
  }
}
