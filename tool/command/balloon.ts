/** `bulkhead balloon VM SIZE`: how much of its RAM a VM is to keep. */
import { type ArgsDef, defineCommand } from 'citty'
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import { parseSize } from '../config/size.ts'
import { UserError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { checkOptions } from '../ui/option.ts'
import { printJson } from '../ui/step.ts'
import { attached, JSON_OUT, known, TARGET } from './attach.ts'

const args = {
  vm: { type: 'positional', required: false, description: "The VM's name" },
  size: {
    type: 'positional',
    required: false,
    description: 'What it is to keep, such as 192M; all of it to give it back',
  },
  target: TARGET,
  json: JSON_OUT,
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'balloon', description: 'Say how much of its RAM a VM is to keep; its driver gives back the rest' },
  args,
  async run({ args: { vm, size, target, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    return attached(target, async ({ client, board }) => {
      const name = known(board, vm)
      const { memory } = await client.ask('status', name)
      const keep = size === 'all' ? memory : bytes(size, memory)
      const status = await client.balloon(name, keep)
      if (json) printJson(status)
      else console.log(`${name} is to keep ${sizeText(keep)} of ${sizeText(memory)}; ps says how far it has come`)
    })
  },
})

function bytes(size: string | undefined, memory: number): number {
  if (size === undefined) throw new UserError('say how much the VM is to keep, such as 192M, or all')
  const found = parseSize(size)
  if (found === undefined) throw new UserError(`'${size}' is no size; write one such as 192M, or all`)
  if (found > memory) throw new UserError(`the VM has ${sizeText(memory)}; write that or less, or all`)
  if (found % PAGE_SIZE) throw new UserError(`${size} is not a multiple of 4 KiB`)
  return found
}
