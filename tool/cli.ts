/** The `bulkhead` command line: finds the command, runs it, and turns what goes wrong into a line and an exit code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand, renderUsage, runCommand } from 'citty'
import { EXIT_CODES } from './command/run.ts'
import { COMMAND_NAMES, loadAll, loadCommand } from './command/table.ts'
import { CompileError } from './compile/failure.ts'
import { ROOT } from './config/project.ts'
import { errorColors } from './ui/color.ts'
import { ConfigError, EXIT, refusalText, UserError } from './ui/failure.ts'
import { suggestion } from './ui/suggest.ts'

/** `words` is what stands behind `bulkhead`; the answer is the exit code. */
export async function main(words: string[]): Promise<number> {
  try {
    return await dispatch(words)
  } catch (error) {
    if (error instanceof ConfigError) return fail(error.message, error.exitCode)
    if (error instanceof UserError) return fail(`bulkhead: ${error.message}`, error.exitCode)
    if (error instanceof CompileError) return fail(`bulkhead: ${error.message}`, EXIT.USER)
    // citty's own complaints, such as a value that is none of an option's
    if (error instanceof Error && error.name === 'CLIError') return fail(`bulkhead: ${error.message}`, EXIT.USER)
    const refusal = refusalText(error)
    if (refusal) return fail(`bulkhead: ${refusal}`, EXIT.USER)
    const stack = error instanceof Error ? error.stack : String(error)
    return fail(`bulkhead: this is a bug in Bulkhead's tool:\n${stack}`, EXIT.OURS)
  }
}

async function dispatch([name, ...rest]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h') return help()
  if (name === 'help') return help(rest[0])
  if (name === '--version' || name === '-v') {
    console.log(version())
    return EXIT.OK
  }
  const command = await loadCommand(name)
  if (!command) throw new UserError(`there is no command '${name}': ${suggestion(name, [...COMMAND_NAMES, 'help'])}`)
  if (rest.includes('--help') || rest.includes('-h')) return help(name)
  const { result } = await runCommand(command, { rawArgs: rest })
  return typeof result === 'number' ? result : EXIT.OK
}

async function help(name?: string): Promise<number> {
  const description = 'Watertight compartments for Arm boards: builds, checks and runs systems of virtual machines'
  const root = defineCommand({ meta: { name: 'bulkhead', version: version(), description } })
  const command = name === undefined ? { ...root, subCommands: await loadAll() } : await loadCommand(name)
  if (!command) throw new UserError(`there is no command '${name}': ${suggestion(name!, COMMAND_NAMES)}`)
  console.log(await renderUsage(command, name === undefined ? undefined : root))
  if (name === 'run') console.log(`\n${EXIT_CODES}`)
  return EXIT.OK
}

function version(): string {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version
}

function fail(message: string, code: number): number {
  process.stderr.write(`${errorColors.red(message)}\n`)
  return code
}
