/** The control protocol between the board's console and whoever steers it: JSON-RPC 2.0 in RFC 7464 records. doc/control.md. */
import { z } from 'zod'
import * as abi from '../../src/abi/control.ts'
import { type exits, reportEvent, stateEvent } from './event.ts'
import { count, ms, state, version, vm, word } from './part.ts'
import { DEBUG_OPERATIONS, OPERATIONS, TRACE_OPERATIONS } from './word.ts'

const id = z
  .union([z.string(), z.number()])
  .describe(`The request's own, at most ${abi.ID_MOST} bytes as it is written`)

/** 32 bytes. */
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const bytes = z.string().regex(/^([0-9a-f]{2})*$/)
const debugParams = {
  op: z.enum([...DEBUG_OPERATIONS, ...TRACE_OPERATIONS]).optional(),
  vcpu: count.max(9999).optional().describe('Of point: which one'),
  count: count.max(9999).optional().describe('Bytes, a register, what a point looks for'),
  at: word.optional().describe('A guest address'),
  data: bytes.optional(),
}

export const request = z
  .object({
    jsonrpc: version,
    id,
    method: z.enum([
      'hello',
      'authenticate',
      'bye',
      'status',
      'explain',
      'create',
      'destroy',
      'debug',
      'trace',
      'balloon',
      'size',
      'port',
      ...OPERATIONS,
    ]),
    params: z
      .object({
        vm: vm
          .optional()
          .describe(
            'Of every method but hello, authenticate, bye and trace; of create the name for the VM, else that of the template',
          ),
        template: vm.optional().describe('Of create'),
        force: z.boolean().optional().describe('Of destroy: a critical VM too'),
        keep: count.optional().describe('Of balloon: bytes of RAM that the VM is to keep'),
        columns: count.optional().describe("Of size: of the terminal at the VM's console"),
        rows: count.optional(),
        port: z
          .string()
          .optional()
          .describe("Of port: the port of the VM's console that is to have the keyboard, by its name"),
        nonce: hash.optional().describe("Of authenticate: the client's own"),
        answer: hash
          .optional()
          .describe(
            "Of authenticate: HMAC-SHA-256 by the key of 'bulkhead client1', the challenge and the client's nonce",
          ),
        ...debugParams,
      })
      .optional()
      .describe('What is not named is of debug and trace'),
  })
  .describe(
    `At most ${abi.REQUEST_MOST} bytes and ${abi.DEPTH_MOST} levels; members that are not named here are passed over`,
  )

export const hello = z.object({
  protocol: z.literal(abi.PROTOCOL_VERSION),
  build: z.string(),
  board: z.string().describe("How the `compatible` of the board's DTB begins"),
  vms: z.array(vm),
  templates: z.array(vm).describe('What create makes VMs of'),
  free: count.describe('Bytes of RAM that nobody has'),
  ms,
})

/** What a locked line says to hello. */
export const challenge = z.object({
  protocol: z.literal(abi.PROTOCOL_VERSION),
  challenge: hash.describe('To be answered by authenticate, once'),
  wait: count.describe('Milliseconds until an answer is looked at'),
})
export const proof = z.object({
  proof: hash.describe("HMAC-SHA-256 by the key of 'bulkhead board 1', the challenge and the client's nonce"),
})

export const status = z
  .object({
    vm,
    state,
    vcpus: count,
    on: count.describe('vCPUs that are on'),
    cores: z.array(count),
    memory: count.describe('Bytes of RAM'),
    away: count.describe('Of them, what the VM has given back'),
    cpuMs: count.describe('Time on CPUs, of all vCPUs together'),
    stolenMs: count.describe('Time that they were ready and others ran'),
    hypercalls: count,
    accesses: count.describe('Exits for device registers'),
    interrupts: count.describe('Exits for interrupts'),
    traps: count.describe('Other exits'),
    sentFrames: count.describe('Since the board started, as those that follow'),
    sentBytes: count,
    receivedFrames: count,
    receivedBytes: count,
    diskRead: count.describe('Bytes of its disks'),
    diskWritten: count,
    restarts: count.describe('Restarts that count towards the limit'),
    each: z
      .array(z.object({ core: count, cpuMs: count, stolenMs: count }))
      .describe('vCPU by vCPU: its core, its time there, and time that it was ready and others ran'),
    ms,
  })
  .describe("What was asked for has begun; the figures are of the VM's present life")

/** Of `debug`'s operations. */
export const debugHalt = z.object({
  breakpoints: count,
  watchpoints: count,
  vcpus: z.array(z.object({ on: count, halt: count.describe('HALT_* of src/abi/debug.ts'), at: word })),
})
export const debugData = z.object({ data: bytes }).describe('Up to where the guest maps nothing')
export const tracePiece = z.object({
  first: count.describe("The first record's number: those between the one that was asked for and this one are lost"),
  hz: count.describe('Of the counter'),
  now: count.describe('The counter'),
  data: bytes.describe('Records of src/abi/trace.ts'),
  torn: count.describe('Of them the first, which were overwritten while they were read'),
})
const debugDone = z.strictObject({})

const failure = z.object({
  code: z.int(),
  message: z.string(),
  data: z
    .object({
      state: state.optional().describe('Of wrong-state: the state that the VM is in'),
      ms: count.optional().describe('Of wrong-key and later: how long to wait'),
    })
    .optional(),
})

export const reply = z.union([
  z.object({
    jsonrpc: version,
    id,
    result: z.union([hello, challenge, proof, status, debugHalt, tracePiece, debugData, debugDone]),
  }),
  z.object({ jsonrpc: version, id: id.nullable(), error: failure }),
])

/** Whatever the board sends. */
export const fromBoard = z.union([reply, stateEvent, reportEvent])

export type Request = z.infer<typeof request>
export type Hello = z.infer<typeof hello>
export type Status = z.infer<typeof status>
export type DebugOperation = (typeof DEBUG_OPERATIONS)[number]
export type DebugParams = Pick<NonNullable<Request['params']>, 'vcpu' | 'count' | 'at' | 'data'>
export type TracePiece = z.infer<typeof tracePiece>
export type DebugHalt = z.infer<typeof debugHalt>
export type Reply = z.infer<typeof reply>
export type StateEvent = z.infer<typeof stateEvent>['params']
export type Report = z.infer<typeof reportEvent>['params']
export type Exits = z.infer<typeof exits>
export type FromBoard = z.infer<typeof fromBoard>

/** doc/control.schema.json. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(z.object({ request, fromBoard }), { target: 'draft-2020-12', io: 'input' })
  return `${JSON.stringify({ title: 'Bulkhead control protocol', version: abi.PROTOCOL_VERSION, ...schema }, null, 2)}\n`
}
