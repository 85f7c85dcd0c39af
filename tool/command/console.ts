/** `bulkhead console VM`: a VM's raw screen and keyboard at this terminal, or those of one of its console's ports. */
import { type ArgsDef, defineCommand } from 'citty'
import type { Client } from '../control/client.ts'
import { Keyboard } from '../qemu/keyboard.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions } from '../ui/option.ts'
import { say } from '../ui/step.ts'
import { attached, known, TARGET } from './attach.ts'

/** The console's own keys: doc/console.md. */
const ESCAPE = '\x1d'
/** What the console's own port is called. */
const FIRST_PORT = 'console'

const args = {
  vm: { type: 'positional', required: false, description: "The VM's name" },
  port: {
    type: 'string',
    description: "One of its console's ports instead of the console's own, by its name",
    valueHint: 'NAME',
  },
  target: TARGET,
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'console', description: "Give this terminal a VM's screen and keyboard" },
  args,
  async run({ args: { vm, port, target }, rawArgs }) {
    checkOptions(rawArgs, args)
    const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true
    return attached(target, async ({ client, board }) => {
      const name = known(board, vm)
      if (port !== undefined) await client.port(name, port)
      if (interactive) say('Ctrl-a x leaves it.')
      const stopTelling = interactive ? await tellSize(client, name) : () => {}
      const code = await new Promise<number>((resolve) => {
        const keyboard = new Keyboard(interactive, (why) => {
          keyboard.stop()
          resolve(why === 'quit' ? EXIT.OK : EXIT.INTERRUPTED)
        })
        client.listen({
          text: (bytes) => void process.stdout.write(bytes),
          closed: () => {
            keyboard.stop()
            resolve(EXIT.USER)
          },
        })
        // With a capital its name is no key of the console's.
        client.type(`${ESCAPE}${name[0]!.toUpperCase()}${name.slice(1)}\r`)
        keyboard.start((bytes) => client.type(bytes))
      })
      stopTelling()
      if (code === EXIT.USER) throw new UserError('the board is gone')
      client.type(`${ESCAPE}0`)
      if (port !== undefined) await client.port(name, FIRST_PORT)
      await client.hello()
      return code
    })
  },
})

/** A virtio console's guest knows how large this terminal is, and whenever that changes. Answers with how to stop. */
async function tellSize(client: Client, vm: string): Promise<() => void> {
  const tell = async () => {
    const { columns, rows } = process.stdout
    if (columns && rows) await client.size(vm, columns, rows)
  }
  // A board of an earlier version does not know it: then the guest goes on guessing.
  const told = () => void tell().catch(() => {})
  await tell().catch(() => {})
  process.stdout.on('resize', told)
  return () => void process.stdout.off('resize', told)
}
