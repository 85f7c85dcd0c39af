/** Every shared core can keep what its VMs were promised of it. */
import type { Problem } from '../../ui/failure.ts'
import { durationText } from '../duration.ts'
import { BUDGET_LEAST, budgetLiteral, percentText, type Server } from '../server.ts'
import type { Vm } from '../system.ts'
import { firstLate, hundredths, type Late, largestBudget } from './admission.ts'

/** One vCPU's part of a core. */
interface Sharer extends Server {
  vm: Vm
}

const FULL = 10_000

export function checkShares(vms: readonly Vm[]): Problem[] {
  const cores = new Map<number, Sharer[]>()
  for (const vm of vms) {
    if (!vm.server) continue
    for (const core of vm.cores ?? []) cores.set(core, [...(cores.get(core) ?? []), { ...vm.server, vm }])
  }
  return [...cores].flatMap(([core, sharers]) => checkCore(core, sharers))
}

function checkCore(core: number, sharers: Sharer[]): Problem[] {
  const total = hundredths(sharers)
  if (total > FULL) return [tooMuch(core, sharers, total)]
  const late = firstLate(sharers)
  return late ? [tooLate(core, sharers, late)] : []
}

function tooMuch(core: number, sharers: Sharer[], total: number): Problem {
  const { vm } = sharers.at(-1)!
  const parts = sharers.map((sharer) => `'${sharer.vm.name}' ${percentText(sharer)}`).join(', ')
  const less = smaller(vm, sharers)
  return {
    path: pathOf(vm),
    reason: `core ${core} is promised ${total / 100} %: ${parts}`,
    remedy: less ? `write ${less} or less` : `take ${(total - FULL) / 100} % away from these VMs`,
  }
}

function tooLate(core: number, sharers: Sharer[], { priority, period, taken }: Late): Problem {
  const { vm } = sharers.find((sharer) => sharer.priority === priority && sharer.period === period)!
  const above = sharers.filter((sharer) => sharer.priority > priority).map((sharer) => `'${sharer.vm.name}'`)
  const less = smaller(vm, sharers)
  const others = `${[...new Set(above)].join(', ')} with higher priority can take ${durationText(taken)}`
  return {
    path: pathOf(vm),
    reason: `core ${core} cannot keep this in time: of its period of ${durationText(period)}, ${others}`,
    remedy: `${less ? `write ${less} or less` : 'write a longer period'}, or give all VMs on core ${core} one priority`,
  }
}

/** How the config would write the most that this VM can have beside the others. */
function smaller(vm: Vm, sharers: Sharer[]): string | undefined {
  const budget = largestBudget(sharers, (claim) => (claim as Sharer).vm === vm, BUDGET_LEAST)
  return budget === undefined ? undefined : budgetLiteral(vm.server!, budget)
}

function pathOf(vm: Vm): string {
  return `vms[${vm.index}].${vm.server!.share === undefined ? 'cpu.budget' : 'share'}`
}
