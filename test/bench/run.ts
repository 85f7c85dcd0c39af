/** `npm run bench [-- --json]`: what Bulkhead costs, beside its budgets and its peers. It reports; it does not judge. */
import { UserError } from '../../tool/ui/failure.ts'
import { printJson, silence } from '../../tool/ui/step.ts'
import { measureAll } from './result.ts'
import { tables } from './table.ts'

async function main(args: string[]): Promise<void> {
  const json = args.includes('--json')
  const unknown = args.find((arg) => arg !== '--json')
  if (unknown !== undefined) throw new UserError(`${unknown} is no option of the bench; it knows --json`)
  if (json) silence()
  const result = await measureAll()
  if (json) printJson(result)
  else console.log(tables(result))
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof UserError ? error.message : error)
  process.exitCode = error instanceof UserError ? 1 : 2
})
