/** How a VM lives, as its node in the bundle says it (doc/bundle.md): REACT_* of src/abi/life.ts. */
import { REACT_REBOOT, REACT_RESTART, REACT_START, REACT_STOP } from '../../src/abi/life.ts'
import type { Reaction } from '../config/define.ts'
import type { Vm } from '../config/system.ts'

/** Lines of the image tree source; `vms` are all of the system's. */
export function lifeLines({ life }: Vm, vms: readonly Vm[]): string[] {
  const index = (name: string) => vms.find((vm) => vm.name === name)!.index
  const code = (reaction: Reaction) => {
    if (typeof reaction === 'object') return REACT_START + index(reaction.start)
    return { stop: REACT_STOP, restart: REACT_RESTART, 'reboot-board': REACT_REBOOT }[reaction]
  }
  const { onCrash, onReboot, onShutdown, onLimit, limit, backoff, critical, autostart, after } = life
  const ends = [onCrash, onReboot, onShutdown, onLimit].map(code)
  return [
    `on-end = <${ends.join(' ')}>;`,
    `restart-limit = <${limit}>;`,
    ...(backoff ? [`backoff = <${backoff}>;`] : []),
    ...(after.length ? [`after = <${after.reduce((map, name) => map | (1 << index(name)), 0)}>;`] : []),
    ...(autostart ? [] : ['autostart = <0>;']),
    ...(critical ? ['critical = <1>;'] : []),
  ]
}
