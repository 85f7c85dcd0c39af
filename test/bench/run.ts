/** `npm run bench [-- --json] [group …]`: what Bulkhead costs, beside its budgets and its peers. It reports; it does not judge. */
import { UserError } from '../../tool/ui/failure.ts'
import { printJson, silence } from '../../tool/ui/step.ts'
import { GROUP_NAMES, type Group, measureAll } from './result.ts'
import { tables } from './table.ts'

async function main(args: string[]): Promise<void> {
  const json = args.includes('--json')
  const groups = args.filter((arg) => arg !== '--json')
  const unknown = groups.find((arg) => !GROUP_NAMES.includes(arg as Group))
  if (unknown !== undefined) {
    throw new UserError(
      `${unknown} is no option of the bench; it knows --json and the groups ${GROUP_NAMES.join(', ')}`,
    )
  }
  if (json) silence()
  const result = await measureAll(groups.length > 0 ? (groups as Group[]) : GROUP_NAMES)
  if (json) printJson(result)
  else console.log(tables(result))
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof UserError ? error.message : error)
  process.exitCode = error instanceof UserError ? 1 : 2
})
