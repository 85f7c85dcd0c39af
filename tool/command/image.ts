/** `bulkhead image`: a system as an SD card's image, which the board's own firmware boots. */
import { type ArgsDef, defineCommand } from 'citty'
import { checkOptions } from '../ui/option.ts'
import { printJson, silence } from '../ui/step.ts'
import { CONFIG } from './argument.ts'
import { makeCard } from './card.ts'

const args = {
  config: CONFIG,
  out: { type: 'string', valueHint: 'FILE', description: 'Where the image goes, instead of build/<system>/sd.img' },
  json: { type: 'boolean', description: 'Print what was written as JSON' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'image', description: "Write an SD card's image that the board boots by itself" },
  args,
  async run({ args: { config, out, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    if (json) silence()
    const card = await makeCard(config, out)
    if (json) printJson(card)
  },
})
