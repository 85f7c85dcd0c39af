/** `bulkhead ps`: the VMs of a running board, their states, and what they have used. */
import { type ArgsDef, defineCommand } from 'citty'
import type { Status } from '../control/protocol.ts'
import { sizeText } from '../ui/number.ts'
import { checkOptions } from '../ui/option.ts'
import { printJson } from '../ui/step.ts'
import { type Column, table } from '../ui/table.ts'
import { type Attached, attached, JSON_OUT, TARGET } from './attach.ts'

const args = { target: TARGET, json: JSON_OUT } satisfies ArgsDef

const COLUMNS: Column<Status>[] = [
  { head: 'VM', cell: ({ vm }) => vm },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'vCPUS', cell: ({ on, vcpus }) => `${on}/${vcpus}` },
  { head: 'CORES', cell: ({ cores }) => cores.join(',') },
  { head: 'MEMORY', cell: ({ memory }) => sizeText(memory) },
  { head: 'GIVEN BACK', cell: ({ away }) => (away ? sizeText(away) : '') },
  { head: 'CPU s', cell: ({ cpuMs }) => Math.round(cpuMs / 100) / 10 },
  { head: 'EXITS', cell: exits },
  { head: 'RESTARTS', cell: ({ restarts }) => restarts },
]

export default defineCommand({
  meta: { name: 'ps', description: 'List the VMs of a running board: state, cores, time, exits, restarts' },
  args,
  async run({ args: { target, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    const list = await attached(target, allStatus)
    if (json) printJson(list)
    else for (const line of table(COLUMNS, list)) console.log(line)
  },
})

export async function allStatus({ client, board }: Attached): Promise<Status[]> {
  return Promise.all(board.vms.map((vm) => client.ask('status', vm)))
}

export function exits({ hypercalls, accesses, interrupts, traps }: Status): number {
  return hypercalls + accesses + interrupts + traps
}
