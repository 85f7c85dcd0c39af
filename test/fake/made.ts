/** VMs that are made and unmade while others run, as an operator asks for it by way of host. */
import { CONTROL_DESTROY, CONTROL_DESTROY_FORCED } from '../../src/abi/life.ts'
import { KEEPER, request } from './control.ts'
import type { Machine } from './machine.ts'

/** A name as host passes it: four words, the first byte lowest. */
export function nameWords(name: string): [bigint, bigint, bigint, bigint] {
  const bytes = Buffer.alloc(32)
  bytes.write(name, 'latin1')
  const word = (i: number) => bytes.readBigUInt64LE(i * 8)
  return [word(0), word(1), word(2), word(3)]
}

export interface Made {
  /** CONTROL_* */
  code: number
  vm: number
}

/** On the CPU that serves the console; the others look before this is back. */
export function make(machine: Machine, template: number, name = ''): Made {
  const { current } = machine
  machine.current = KEEPER
  try {
    const answer = Number(machine.core.vmCreate!(template, ...nameWords(name))) >>> 0
    return { code: answer & 0xff, vm: answer >>> 8 }
  } finally {
    machine.current = current
    machine.pump()
  }
}

export function unmake(machine: Machine, vm: number, isForced = false): number {
  const answer = request(machine, isForced ? CONTROL_DESTROY_FORCED : CONTROL_DESTROY, vm)
  machine.interrupt(KEEPER) // back from host, it does what it asked of itself
  machine.pump()
  return answer
}
