/** `bulkhead logs`: what the VMs and the hypervisor have printed. */
import { StringDecoder } from 'node:string_decoder'
import { type ArgsDef, defineCommand } from 'citty'
import { Console, type ConsoleLine, HYPERVISOR } from '../qemu/console.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions, every, pattern, seconds } from '../ui/option.ts'
import { attached, interrupted, known, TARGET } from './attach.ts'

const args = {
  vm: { type: 'positional', required: false, description: `One VM's lines, or ${HYPERVISOR}'s; by default all` },
  target: TARGET,
  follow: { type: 'boolean', alias: 'f', description: 'Go on with what comes' },
  until: { type: 'string', valueHint: 'REGEX', description: 'Go on until a line matches; several: until each has' },
  timeout: { type: 'string', valueHint: 'S', description: 'End after S seconds, exit code 124' },
  json: { type: 'boolean', description: 'Print each line as JSON: {source, text}' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'logs', description: 'Print what VMs have said, and with -f what they say' },
  args,
  async run({ args: { vm, target, follow, timeout, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    let open = every(rawArgs, 'until').map((text) => pattern(text, '--until'))
    const patience = seconds(timeout, '--timeout')
    const goesOn = follow || open.length > 0
    return attached(target, async ({ client, board }) => {
      const only = vm === undefined || vm === HYPERVISOR ? vm : known(board, vm)
      const lines = new Console(board.vms)
      const decoder = new StringDecoder('utf8')
      const end = interrupted()
      let finish = (_code: number) => {}
      const finished = new Promise<number>((resolve) => {
        finish = resolve
      })
      const print = (line: ConsoleLine) => {
        if (only !== undefined && line.source !== only) return
        if (json) console.log(JSON.stringify({ source: line.source, text: line.text }))
        else console.log(only === undefined ? line.whole : line.text)
        if (open.length === 0) return
        open = open.filter((each) => !each.test(line.whole))
        if (open.length === 0) finish(EXIT.OK)
      }
      const log = await client.log()
      if (log === undefined && !goesOn) throw new UserError('nobody kept what this board has said: use logs -f')
      for (const line of lines.feed(log ?? '')) print(line)
      if (!goesOn) {
        if (lines.partial) print(lines.partial)
        return EXIT.OK
      }
      client.listen({
        text: (bytes) => {
          for (const line of lines.feed(decoder.write(bytes))) print(line)
        },
        closed: () => finish(open.length > 0 ? EXIT.UNMATCHED : EXIT.OK),
      })
      const timer = patience && setTimeout(() => finish(EXIT.TIMEOUT), patience * 1000)
      void end.promise.then(() => finish(EXIT.INTERRUPTED))
      const code = await finished
      clearTimeout(timer)
      end.done()
      return code
    })
  },
})
