/** VMs that others start, or wait for: they are there, and nobody waits for who waits for it. */
import type { Problem } from '../../ui/failure.ts'
import { suggestion } from '../../ui/suggest.ts'
import type { Vm } from '../system.ts'

const REACTIONS = ['onCrash', 'onReboot', 'onShutdown'] as const

export function checkLives(vms: readonly Vm[]): Problem[] {
  return vms.flatMap((vm) => [...checkReactions(vm, vms), ...checkAfter(vm, vms)])
}

function checkReactions(vm: Vm, vms: readonly Vm[]): Problem[] {
  const wishes = [
    ...REACTIONS.map((field) => ({ field: `${field}.start`, wish: vm.life[field] })),
    { field: 'restarts.onLimit.start', wish: vm.life.onLimit },
  ]
  return wishes.flatMap(({ field, wish }): Problem[] => {
    if (typeof wish === 'string') return []
    const path = `vms[${vm.index}].${field}`
    const other = vms.find(({ name }) => name === wish.start)
    if (!other) return [unknown(path, wish.start, vm, vms)]
    if (other === vm) return [{ path, reason: 'the VM would start itself', remedy: "write 'restart'" }]
    if (other.life.template)
      return [{ path, reason: `'${wish.start}' is a template`, remedy: 'name a VM that boot makes' }]
    if (!other.life.autostart) return []
    const reason = `'${wish.start}' runs from boot on`
    return [{ path, reason, remedy: `give it autostart: false, so that it waits for '${vm.name}'` }]
  })
}

function checkAfter(vm: Vm, vms: readonly Vm[]): Problem[] {
  return vm.life.after.flatMap((name, i): Problem[] => {
    const path = `vms[${vm.index}].after[${i}]`
    const first = vms.find((other) => other.name === name)
    if (!first) return [unknown(path, name, vm, vms)]
    if (first.life.template) return [{ path, reason: `'${name}' is a template`, remedy: 'leave it out' }]
    if (!first.life.autostart) {
      return [{ path, reason: `boot does not start '${name}'`, remedy: 'leave it out, or drop its autostart: false' }]
    }
    if (!waitsFor(first, vm, vms)) return []
    return [{ path, reason: `'${name}' waits for '${vm.name}' itself`, remedy: 'leave one of the two out' }]
  })
}

/** Whether `from` is `to`, or waits for it, by way of others too. */
function waitsFor(from: Vm, to: Vm, vms: readonly Vm[]): boolean {
  const seen = new Set<Vm>()
  const open = [from]
  for (let vm = open.pop(); vm; vm = open.pop()) {
    if (vm === to) return true
    if (seen.has(vm)) continue
    seen.add(vm)
    for (const name of vm.life.after) open.push(...vms.filter((other) => other.name === name))
  }
  return false
}

function unknown(path: string, name: string, vm: Vm, vms: readonly Vm[]): Problem {
  const others = vms.filter((other) => other !== vm).map((other) => other.name)
  return {
    path,
    reason: `there is no VM '${name}'`,
    remedy: others.length ? suggestion(name, others) : 'add it to vms',
  }
}
