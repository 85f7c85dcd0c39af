/** `bulkhead create`: a VM of a template, on a board that runs. */
import { type ArgsDef, defineCommand } from 'citty'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions, seconds } from '../ui/option.ts'
import { printJson } from '../ui/step.ts'
import { suggestion } from '../ui/suggest.ts'
import { attached, JSON_OUT, TARGET } from './attach.ts'
import { PATIENCE, reached } from './operate.ts'

const args = {
  template: { type: 'positional', required: false, description: "The template's name" },
  name: { type: 'string', valueHint: 'NAME', description: "The VM's name; by default the template's" },
  target: TARGET,
  wait: { type: 'boolean', default: true, description: 'Wait until the VM runs', negativeDescription: 'Only ask' },
  timeout: { type: 'string', valueHint: 'S', description: `Wait at most S seconds, ${PATIENCE} by default` },
  json: JSON_OUT,
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'create', description: 'Make a VM of a template, as long as there are RAM and cores for it' },
  args,
  async run({ args: { template, name, target, wait, timeout, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    const patience = seconds(timeout, '--timeout') ?? PATIENCE
    return attached(target, async ({ client, board: { templates } }) => {
      if (templates.length === 0)
        throw new UserError('this board has no templates: a VM of the config with template: true is one')
      if (!template) throw new UserError(`say of which template: ${templates.join(', ')}`)
      if (!templates.includes(template)) {
        throw new UserError(`there is no template '${template}': ${suggestion(template, templates)}`)
      }
      const vm = name ?? template
      let state = 'defined'
      const ask = async () => {
        state = (await client.create(template, name)).state
        if (state === 'defined') throw DEFINED
      }
      if (wait) {
        const end = await reached(client, vm, 'running', patience, ask).catch((error: unknown) => {
          if (error !== DEFINED) throw error
          return { state }
        })
        state = end.state
      } else await ask().catch((error: unknown) => error === DEFINED || Promise.reject(error))
      if (json) printJson({ vm, state })
      else console.log(state === 'running' ? `${vm} runs` : `${vm} is ${state}`)
      return EXIT.OK
    })
  },
})

/** A template with autostart: false: there is nothing to wait for. */
const DEFINED = new Error('defined')
