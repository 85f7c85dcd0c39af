/** `bulkhead destroy`: unmakes a VM that was made of a template; one that runs is stopped first. */
import { type ArgsDef, defineCommand } from 'citty'
import { Refusal } from '../control/refusal.ts'
import { EXIT } from '../ui/failure.ts'
import { checkOptions, seconds } from '../ui/option.ts'
import { printJson } from '../ui/step.ts'
import { attached, JSON_OUT, known, TARGET } from './attach.ts'
import { PATIENCE, reached } from './operate.ts'

const args = {
  vm: { type: 'positional', required: false, description: "The VM's name" },
  force: { type: 'boolean', description: 'A critical VM too' },
  target: TARGET,
  timeout: { type: 'string', valueHint: 'S', description: `Wait at most S seconds, ${PATIENCE} by default` },
  json: JSON_OUT,
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'destroy', description: 'Unmake a VM of a template: its RAM and its cores are free again' },
  args,
  async run({ args: { vm, force, target, timeout, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    const patience = seconds(timeout, '--timeout') ?? PATIENCE
    return attached(target, async ({ client, board }) => {
      const name = known(board, vm)
      const destroy = () => reached(client, name, 'absent', patience, () => client.destroy(name, force === true))
      await destroy().catch(async (error: unknown) => {
        if (!(error instanceof Refusal) || error.reason !== 'wrong-state') throw error
        await reached(client, name, 'stopped', patience, () => client.ask('stop', name))
        await destroy()
      })
      if (json) printJson({ vm: name, state: 'absent' })
      else console.log(`${name} is no more`)
      return EXIT.OK
    })
  },
})
