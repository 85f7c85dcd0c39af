/** How a VM lives, as its node in the bundle says it (doc/bundle.md): REACT_* of src/abi/life.ts. */

import { DEVICE_SIGNS, DEVICE_WATCHDOG } from '../../src/abi/compartment.ts'
import { REACT_REBOOT, REACT_RESTART, REACT_START, REACT_STOP } from '../../src/abi/life.ts'
import type { Reaction } from '../config/define.ts'
import { givesSigns } from '../config/life.ts'
import type { Vm } from '../config/system.ts'

/** Lines of the image tree source; `vms` are all of the system's. */
export function lifeLines({ life }: Vm, vms: readonly Vm[]): string[] {
  const index = (name: string) => vms.find((vm) => vm.name === name)!.index
  const code = (reaction: Reaction) => {
    if (typeof reaction === 'object') return REACT_START + index(reaction.start)
    return { stop: REACT_STOP, restart: REACT_RESTART, 'reboot-board': REACT_REBOOT }[reaction]
  }
  const { onCrash, onReboot, onShutdown, onLimit, limit, backoff, critical, autostart, after, awaits, patience } = life
  const bitmap = (names: string[]) => names.reduce((map, name) => map | (1 << index(name)), 0)
  const ends = [onCrash, onReboot, onShutdown, onLimit].map(code)
  return [
    `on-end = <${ends.join(' ')}>;`,
    `restart-limit = <${limit}>;`,
    ...(backoff ? [`backoff = <${backoff}>;`] : []),
    ...(after.length ? [`after = <${bitmap(after)}>;`] : []),
    ...(awaits.length ? [`awaits = <${bitmap(awaits)}>;`, `patience = <${patience}>;`] : []),
    ...(autostart ? [] : ['autostart = <0>;']),
    ...(critical ? ['critical = <1>;'] : []),
  ]
}

/** DEVICE_ bits that the config asks for by other words than devices. */
export function lifeBits(vm: Vm, vms: readonly Vm[]): number {
  return (vm.life.watchdog ? DEVICE_WATCHDOG : 0) | (givesSigns(vm, vms) ? DEVICE_SIGNS : 0)
}
