/** `bulkhead start`, `stop`, `restart`, `pause`, `resume`: asks, and waits until the VM has got there. */
import { type ArgsDef, defineCommand } from 'citty'
import { type Client, gone } from '../control/client.ts'
import type { StateEvent } from '../control/protocol.ts'
import type { OPERATIONS } from '../control/word.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions, seconds } from '../ui/option.ts'
import { printJson } from '../ui/step.ts'
import { attached, JSON_OUT, known, TARGET } from './attach.ts'

type Operation = (typeof OPERATIONS)[number]

/** A large VM's RAM takes its time to be scrubbed and filled. */
export const PATIENCE = 120

const args = {
  vm: { type: 'positional', required: false, description: "The VM's name" },
  target: TARGET,
  wait: {
    type: 'boolean',
    default: true,
    description: 'Wait until the VM has got there',
    negativeDescription: 'Only ask',
  },
  timeout: { type: 'string', valueHint: 'S', description: `Wait at most S seconds, ${PATIENCE} by default` },
  json: JSON_OUT,
} satisfies ArgsDef

/** The state that each leads to, and what a person reads of it. */
const ENDS: Record<Operation, { state: StateEvent['state']; words: string }> = {
  start: { state: 'running', words: 'runs' },
  stop: { state: 'stopped', words: 'has stopped' },
  restart: { state: 'running', words: 'runs anew' },
  pause: { state: 'paused', words: 'is paused' },
  resume: { state: 'running', words: 'goes on' },
}

const DESCRIPTIONS: Record<Operation, string> = {
  start: 'Start a VM that has stopped or crashed: images checked, RAM scrubbed and filled',
  stop: 'Stop a VM at once, whatever its policy; the board stays on',
  restart: 'Stop a VM and start it again; counts towards no limit',
  pause: 'Pause a VM: no CPU runs it, its clock stands still',
  resume: 'Let a paused VM go on',
}

export function operate(operation: Operation) {
  return defineCommand({
    meta: { name: operation, description: DESCRIPTIONS[operation] },
    args,
    async run({ args: { vm, target, wait, timeout, json }, rawArgs }) {
      checkOptions(rawArgs, args)
      const patience = seconds(timeout, '--timeout') ?? PATIENCE
      return attached(target, async ({ client, board }) => {
        const name = known(board, vm)
        const ask = () => client.ask(operation, name)
        const end = wait ? await reached(client, name, ENDS[operation].state, patience, ask) : undefined
        if (!wait) await ask()
        const state = end?.state ?? (await client.ask('status', name)).state
        if (json) printJson({ vm: name, state })
        else console.log(wait ? `${name} ${ENDS[operation].words}` : `${name} is ${state}`)
        return EXIT.OK
      })
    },
  })
}

/** Asks, and follows the VM's states to the one that is wanted: a crash on the way there is its end. */
export async function reached(
  client: Client,
  vm: string,
  wanted: StateEvent['state'],
  patience: number,
  ask: () => Promise<unknown>,
): Promise<{ state: string }> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      clearTimeout(timer)
      stopListening()
      act()
    }
    const fail = (error: unknown) => finish(() => reject(error))
    const late = `${vm} is not ${wanted} after ${patience} s; npx bulkhead ps says what it does`
    const timer = setTimeout(() => fail(new UserError(late, EXIT.TIMEOUT)), patience * 1000)
    const see = (event: StateEvent) => {
      if (event.vm !== vm) return
      if (event.state === wanted) finish(() => resolve({ state: wanted }))
      else if (event.state === 'crashed') fail(new UserError(`${vm} crashed`, EXIT.CRASHED))
    }
    const stopListening = client.listen({ state: see, closed: () => fail(gone()) })
    ask().catch(fail)
  })
}
