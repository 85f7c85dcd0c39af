/** `bulkhead explain VM`: what each of a VM's vCPUs does, and what it waits for. */
import { type ArgsDef, defineCommand } from 'citty'
import { type Client, gone } from '../control/client.ts'
import { exitLines } from '../control/exit.ts'
import type { Exits, Report } from '../control/protocol.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { checkOptions } from '../ui/option.ts'
import { printJson } from '../ui/step.ts'
import { attached, JSON_OUT, known, TARGET } from './attach.ts'

/** Seconds: each CPU answers at its next exit. */
const PATIENCE = 5

const args = {
  vm: { type: 'positional', required: false, description: "The VM's name" },
  target: TARGET,
  json: JSON_OUT,
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'explain', description: 'Say what each vCPU of a VM does and what it waits for' },
  args,
  async run({ args: { vm, target, json }, rawArgs }) {
    checkOptions(rawArgs, args)
    await attached(target, async ({ client, board }) => {
      const name = known(board, vm)
      const reports = await explain(client, name)
      if (json) return printJson(reports)
      for (const { vcpu, cpu, state, exits } of reports) {
        console.log(`vCPU ${vcpu} on core ${cpu}: ${state}`)
        if (exits.length > 0) console.log('  its last exits, the latest first:')
        for (const line of exitLines(exits)) console.log(`    ${line}`)
      }
    })
  },
})

interface Explained extends Pick<Report & { kind: 'state' }, 'vm' | 'vcpu' | 'cpu' | 'state'> {
  exits: Exits['exits']
}

async function explain(client: Client, vm: string): Promise<Explained[]> {
  const reports = new Map<number, Explained>()
  const exits = new Map<number, Exits['exits']>()
  return new Promise((resolve, reject) => {
    let wanted = Number.POSITIVE_INFINITY
    const finish = (act: () => void) => {
      clearTimeout(timer)
      stopListening()
      act()
    }
    const fail = (error: unknown) => finish(() => reject(error))
    const late = `only ${reports.size} vCPUs of ${vm} have answered within ${PATIENCE} s`
    const timer = setTimeout(() => fail(new UserError(late, EXIT.TIMEOUT)), PATIENCE * 1000)
    const look = () => {
      if (reports.size < wanted) return
      finish(() => resolve([...reports.values()].sort((a, b) => a.vcpu - b.vcpu)))
    }
    const stopListening = client.listen({
      report: (report) => {
        if (report.vm !== vm) return
        const { kind, vcpu, cpu } = report
        if (kind === 'exits') exits.set(vcpu, report.exits)
        if (kind !== 'state') return
        reports.set(vcpu, { vm, vcpu, cpu, state: report.state, exits: exits.get(vcpu) ?? [] })
        look()
      },
      closed: () => fail(gone()),
    })
    client.ask('explain', vm).then(({ vcpus }) => {
      wanted = vcpus
      look()
    }, fail)
  })
}
