/** Which ports are somebody's. Those of the config's VMs and the uplink's come first and stay; a number whose VM of run time is no more
 * is the next one's, once every CPU has done with it (src/core/unmake.ts). */
import { MAX_PORTS, PORT_SHIFT } from '../abi/layout'
import { Port, portAt } from './port'
import { mapFresh } from './stage1'

/** The first so many are there for ever. Boot only. */
export let portCount: u32 = 0
/** A bit for each that is somebody's, and for each whose pages are mapped. At boot, then under host.lock. */
let claimed: u32 = 0
let mapped: u32 = 0

if (MAX_PORTS > 32) ERROR('bitmaps of ports are u32')

/** The first of `count` in a row that are nobody's, one at least, or -1. */
export function claimPorts(count: u32): i32 {
  for (let first: u32 = 0; first + count <= <u32>MAX_PORTS; first++) {
    if (claimed & bitsOf(first, count)) continue
    claimed |= bitsOf(first, count)
    return first
  }
  return -1
}

/** The same, for ever. Boot only. */
export function keepPorts(count: u32): i32 {
  const first = claimPorts(count)
  if (first >= 0) portCount = first + count
  return first
}

export function releasePorts(first: u32, count: u32): void {
  claimed &= ~bitsOf(first, count)
}

export function bitsOf(first: u32, count: u32): u32 {
  return <u32>((((<u64>1) << count) - 1) << first)
}

export function isClaimed(index: u32): bool {
  return ((claimed >> index) & 1) !== 0
}

/** A port of VM `vm`, closed, of which nothing is left of whoever had it before. 0: there is no memory for it. */
export function beginPort(index: u32, vm: u32): usize {
  const port = portAt(index)
  if ((mapped >> index) & 1) memory.fill(changetype<usize>(port), 0, offsetof<Port>())
  else if (!mapFresh(<u64>changetype<usize>(port), 1 << PORT_SHIFT)) return 0
  mapped |= 1 << index
  port.index = index
  port.vm = vm
  return changetype<usize>(port)
}
