/** `bulkhead check`: is the config right, and does everything fit? Builds nothing but the guests that are written in AssemblyScript. */
import { type ArgsDef, defineCommand } from 'citty'
import { shown } from '../config/project.ts'
import { percentText } from '../config/server.ts'
import type { Vm } from '../config/system.ts'
import { ConfigError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { checkOptions } from '../ui/option.ts'
import { printJson, silence } from '../ui/step.ts'
import { CONFIG } from './argument.ts'
import { prepare } from './prepare.ts'

const args = {
  config: CONFIG,
  json: { type: 'boolean', description: 'Print the result as JSON' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'check', description: 'Say everything that is wrong with a config' },
  args,
  async run({ args: { config, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    if (json) silence()
    try {
      const { system } = await prepare(config)
      if (json) return printJson({ ok: true, config: shown(system.file), problems: [] })
      const { board, cores, ramSize, gic } = system.machine
      const vms = system.vms.map((vm) => `${vm.name} (${vm.cpus} vCPU${shareText(vm)}, ${sizeText(vm.memory)})`)
      console.log(`${shown(system.file)}: ok: ${vms.join(', ')}`)
      console.log(`on ${board.name} with ${cores} cores, ${sizeText(ramSize)} and a GICv${gic}`)
    } catch (error) {
      if (json && error instanceof ConfigError) {
        printJson({ ok: false, config: error.file, problems: error.problems })
        return error.exitCode
      }
      throw error
    }
  },
})

function shareText({ server, cores }: Vm): string {
  return server ? ` with ${percentText(server)} of core ${cores!.join(', ')}` : ''
}
