/** `npm run model [-- --json] [-- model …]`: checks the models of the locks and hand-overs, and that each planted mistake is found. */
import { UserError } from '../../tool/ui/failure.ts'
import { printJson, silence, step } from '../../tool/ui/step.ts'
import { MODELS, type Model } from './catalogue.ts'
import { compiler, provide } from './need.ts'
import { check, type Outcome } from './spin.ts'
import { table } from './table.ts'

/** Checkers that run at the same time. */
const AT_ONCE = 2

interface Row extends Outcome {
  model: string
  /** The property, or the mistake's macro. */
  name: string
  says: string
  isMistake: boolean
  ok: boolean
}

async function main(args: string[]): Promise<void> {
  const json = args.includes('--json')
  const models = chosen(args.filter((arg) => arg !== '--json'))
  if (json) silence()
  await provide()
  const rows = await inTurn(models.flatMap(jobs), compiler()!)
  const ok = rows.every((row) => row.ok)
  if (json) printJson({ ok, rows })
  else console.log(tables(rows))
  if (!ok) process.exitCode = 1
}

function chosen(names: readonly string[]): readonly Model[] {
  const unknown = names.find((name) => !MODELS.some((model) => model.name === name))
  if (unknown !== undefined) {
    const known = MODELS.map(({ name }) => name).join(', ')
    throw new UserError(`${unknown} is neither --json nor a model; the models are ${known}`)
  }
  return names.length ? MODELS.filter(({ name }) => names.includes(name)) : MODELS
}

type Job = (compiler: string) => Promise<Row>

function jobs({ name: model, properties, mistakes }: Model): Job[] {
  return [
    ...properties.map(({ says, ...how }): Job => {
      const name = how.ltl ?? 'states'
      return async (cc) => {
        const outcome = await check({ model, ...how }, cc)
        return { model, name, says, isMistake: false, ok: !outcome.error, ...outcome }
      }
    }),
    ...mistakes.map(({ macro, breaks, says }): Job => {
      const how = breaks ? properties.find(({ ltl }) => ltl === breaks)! : {}
      return async (cc) => {
        const outcome = await check({ model, ...how, macro }, cc)
        return { model, name: macro, says, isMistake: true, ok: outcome.trace !== undefined, ...outcome }
      }
    }),
  ]
}

async function inTurn(list: readonly Job[], cc: string): Promise<Row[]> {
  return step('Checking the models', async (note) => {
    const rows: Row[] = []
    let next = 0
    const worker = async () => {
      for (let i = next++; i < list.length; i = next++) {
        rows[i] = await list[i]!(cc)
        note(`${i + 1} of ${list.length}: ${rows[i]!.model}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return rows
  })
}

function tables(rows: readonly Row[]): string {
  const proofs = rows.filter(({ isMistake }) => !isMistake)
  const mistakes = rows.filter(({ isMistake }) => isMistake)
  return [
    table(
      ['model', 'property', 'states', 'result'],
      proofs.map(({ model, says, states, ok, error, trace }) => [
        model,
        says,
        states.toLocaleString('en'),
        ok ? 'holds' : `FAILS: ${error}${trace ? `, see ${trace}` : ''}`,
      ]),
    ),
    table(
      ['model', 'planted mistake', 'states', 'result'],
      mistakes.map(({ model, name, says, states, ok, error }) => [
        model,
        `${name}: ${says}`,
        states.toLocaleString('en'),
        ok ? `found: ${error}` : 'NOT FOUND',
      ]),
    ),
    'The steps that lead to each mistake are in build/model/<model>-<MISTAKE>/trace.txt.',
  ].join('\n\n')
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof UserError ? error.message : error)
  process.exitCode = error instanceof UserError ? 1 : 2
})
