/** `bulkhead gdb VM`: lets a gdb debug a VM: registers, memory, breakpoints, steps. doc/debug.md. */
import { type ArgsDef, defineCommand } from 'citty'
import { type Client, Refusal } from '../control/client.ts'
import { serveGdb } from '../debug/serve.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions, portOf } from '../ui/option.ts'
import { say } from '../ui/step.ts'
import { attached, interrupted, known, TARGET } from './attach.ts'

const args = {
  vm: { type: 'positional', required: false, description: "The VM's name" },
  target: TARGET,
  port: { type: 'string', valueHint: 'N', description: 'The port for gdb, by default any that is free' },
} satisfies ArgsDef

/** Says at once what gdb could only say as a line that breaks off. */
async function checkDebuggable(client: Client, vm: string): Promise<void> {
  try {
    await client.debug(vm, 'halt')
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'wrong-state') throw error
  }
}

export default defineCommand({
  meta: { name: 'gdb', description: 'Let a gdb debug a VM whose config says debug: true' },
  args,
  async run({ args: { vm, target, port }, rawArgs }) {
    checkOptions(rawArgs, args)
    const number = portOf(port)
    return attached(target, async ({ client, board }) => {
      const name = known(board, vm)
      await checkDebuggable(client, name)
      const serving = await serveGdb(client, name, number, say)
      console.log(`gdb-multiarch -ex 'target remote :${serving.port}'`)
      say('Ctrl-C ends it.')
      const end = interrupted()
      let isGone = false
      await Promise.race([
        end.promise,
        new Promise<void>((resolve) =>
          client.listen({
            closed: () => {
              isGone = true
              resolve()
            },
          }),
        ),
      ])
      end.done()
      await serving.close()
      if (isGone) throw new UserError('the board is gone')
      return EXIT.OK
    })
  },
})
