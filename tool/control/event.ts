/** What the board says of its own accord: a VM is in another state, or there is something to report. doc/control.md. */
import { z } from 'zod'
import { count, ms, sequence, state, version, vm, word } from './part.ts'
import { CAUSES } from './word.ts'

export const stateEvent = z.object({
  jsonrpc: version,
  method: z.literal('state'),
  params: z.object({ seq: sequence, ms, vm, state, cause: z.enum(CAUSES) }),
})

const asked = z
  .object({
    seq: sequence,
    ms,
    vm,
    kind: z.literal('state'),
    vcpu: count,
    cpu: count,
    state: z.string().describe('What the vCPU does, in words'),
  })
  .describe('Answers explain, once for each vCPU')

export const exits = z
  .object({
    seq: sequence,
    ms,
    vm,
    kind: z.literal('exits'),
    vcpu: count,
    cpu: count,
    exits: z
      .array(
        z.object({
          pc: word,
          intid: count.optional().describe('Of an interrupt'),
          esr: word.optional().describe('ESR_EL2 of anything else'),
          at: word
            .optional()
            .describe('Of an abort: the guest-physical address; of an access that is not permitted, the virtual one'),
        }),
      )
      .max(16)
      .describe('The latest first; calls by HVC #0 are not among them'),
  })
  .describe(
    "Comes before a fault's report and before an answer to explain: what the vCPU left its guest for until then",
  )

const fault = z
  .object({
    seq: sequence,
    ms,
    vm,
    kind: z.enum(['no-vectors', 'system-error', 'device-models', 'watchdog', 'heartbeat']),
    vcpu: count,
    cpu: count,
    place: z.string().optional().describe('Of device-models: what failed in them, and where'),
    pc: word,
    pstate: word,
    x: z.array(word).length(31),
    hypercalls: count,
    accesses: count,
    interrupts: count,
    traps: count,
    instruction: word.optional(),
    before: word.optional().describe('The instruction before'),
    vbar: word.optional(),
    elr: word.optional(),
    esr: word.optional(),
    exit: z.string().optional().describe('The last exit in words'),
    state: z.string().optional(),
  })
  .describe("A fault's report; what the VM does next comes as a state event")

export const reportEvent = z.object({
  jsonrpc: version,
  method: z.literal('report'),
  params: z.union([asked, exits, fault]),
})
