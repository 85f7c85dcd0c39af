/** Runs spin: a model becomes a C program, which visits every state that the model can be in. */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT, shown } from '../../tool/config/project.ts'
import { command } from '../../tool/setup/command.ts'

export interface Check {
  model: string
  ltl?: string
  fair?: boolean
  /** A planted mistake. */
  macro?: string
}

export interface Outcome {
  states: number
  seconds: number
  /** What is wrong with the model; undefined if every state is in order. */
  error?: string
  /** The steps that lead there. */
  trace?: string
}

/** Steps in one run of the model; the search says so if it needs more. */
const DEPTH = 500_000
/** A mistake is looked for in short runs first: they are what a person can read. */
const SHORT_DEPTHS = [100, 200, 400, 1_000, 5_000, 50_000, DEPTH]
const MEGABYTES = 1024
const SECONDS = 100

export async function check(wanted: Check, compiler: string): Promise<Outcome> {
  const { model, ltl, macro } = wanted
  const folder = join(ROOT, 'build/model', [model, macro ?? ltl ?? 'states'].join('-'))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const spin = [`-P${compiler} -E -x c`, ...(macro ? [`-D${macro}`] : [])]
  await must('spin', [...spin, '-a', sourceOf(model)], folder)
  const safety = ltl ? [] : ['-DSAFETY', '-DNOCLAIM']
  const effort = macro ? '-O0' : '-O2' // a mistake is found sooner than better code is made
  await must(compiler, [effort, '-w', `-DMEMLIM=${MEGABYTES}`, ...safety, '-o', 'pan', 'pan.c'], folder)
  const started = performance.now()
  let outcome: Outcome = { states: 0, seconds: 0 }
  for (const depth of macro ? SHORT_DEPTHS : [DEPTH]) {
    outcome = await search(wanted, depth, folder)
    if (existsSync(join(folder, trailOf(model)))) {
      outcome.trace = await trace(spin, model, folder)
      break
    }
  }
  return { ...outcome, seconds: Math.round(performance.now() - started) / 1000 }
}

function sourceOf(model: string): string {
  return join(ROOT, 'test/model', `${model}.pml`)
}

/** Where the checker leaves the steps that lead to an error. */
function trailOf(model: string): string {
  return `${model}.pml.trail`
}

const PLAINLY: Record<string, string> = {
  'invalid end state': 'deadlock',
  'acceptance cycle': 'a run in which it never comes true',
}

async function search({ model, ltl, fair, macro }: Check, depth: number, folder: string): Promise<Outcome> {
  const goal = ltl ? ['-a', '-A', ...(fair ? ['-f'] : []), '-N', ltl] : []
  const { said } = await command('timeout', [`${SECONDS}`, './pan', '-w22', `-m${depth}`, ...goal], { cwd: folder })
  const states = Number(/([\d.e+]+) states, stored/.exec(said)?.[1] ?? 0)
  const found = /^pan:1: (.*) \(at depth/m.exec(said)?.[1]
  if (found) return { states, seconds: 0, error: PLAINLY[found] ?? found }
  const problem = /max search depth too small|out of memory|Search not completed/.exec(said)?.[0]
  if (problem || !/errors: 0\b/.test(said)) {
    return { states, seconds: 0, error: `the search is incomplete: ${problem ?? `no result within ${SECONDS} s`}` }
  }
  const idle = ltl || macro ? [] : unreached(said, model)
  return idle.length ? { states, seconds: 0, error: `never reached: ${idle.join(', ')}` } : { states, seconds: 0 }
}

/** Steps that no run takes: the model does not say what it seems to. */
function unreached(said: string, model: string): string[] {
  const part = said.slice(said.indexOf('unreached in proctype')).split('unreached in claim')[0]!
  const lines = part.matchAll(/\.pml:(\d+), state \d+, "(.*)"/g)
  return [...lines].filter(([, , text]) => text !== '-end-').map(([, line, text]) => `${model}.pml:${line} ${text}`)
}

/** Process, line and statement of each step, and what it leaves in shared variables. Returns where that is. */
async function trace(spin: readonly string[], model: string, folder: string): Promise<string> {
  const args = [...spin, '-p', '-g', '-k', trailOf(model), sourceOf(model)]
  const { stdout } = await command('spin', args, { cwd: folder })
  const file = join(folder, 'trace.txt')
  await writeFile(file, stdout.replaceAll(`${join(ROOT, 'test/model')}/`, ''))
  return shown(file)
}

async function must(program: string, args: string[], cwd: string): Promise<void> {
  const { ok, said } = await command(program, args, { cwd })
  // spin returns 0 for a model that it does not understand.
  if (!ok || /Error:/.test(said)) throw new Error(`${program} ${args.join(' ')}\n${said}`)
}
