/**
 * Memory that the VM shares with others, and their doorbells (doc/shared-memory.md). Whoever writes a section writes it alone or
 * agrees with the others by other means than exclusive accesses, which this memory does not have.
 */

import { DOORBELL_INTID, DOORBELL_IPA, DOORBELL_SHIFT } from '../abi/guest-machine'
import {
  SHARED_BASE_HIGH,
  SHARED_BASE_LOW,
  SHARED_DOORBELL,
  SHARED_ID,
  SHARED_INTERRUPT,
  SHARED_INTERRUPT_ENABLE,
  SHARED_OUTPUT_SIZE,
  SHARED_PEERS,
  SHARED_STATE,
  SHARED_TABLE_SIZE,
  SHARED_TARGET_SHIFT,
  SHARED_WRITABLE_SIZE,
} from '../abi/shared-memory'
import { enableInterrupt, setEdge } from './gic'
import { dsb_sy, read32, write32 } from './hw'

@unmanaged
export class SharedMemory {
  registers: u64
  /** Where the table of states is, the section that all write, and the first of those that one writes. */
  table: u64
  writable: u64
  outputs: u64
  /** This VM's place among the peers, and how many there are. */
  id: u32
  peers: u32
  writableSize: u32
  outputSize: u32
  /** Of the doorbell. */
  intid: u32
}

/** Memory `index` of those that the config gives the VM; without it the access is refused with an abort. */
export function openShared(memory: SharedMemory, index: u32): void {
  const at: u64 = DOORBELL_IPA + ((index as u64) << DOORBELL_SHIFT)
  memory.registers = at
  memory.table = (read32(at + SHARED_BASE_LOW) as u64) | ((read32(at + SHARED_BASE_HIGH) as u64) << 32)
  memory.writableSize = read32(at + SHARED_WRITABLE_SIZE)
  memory.outputSize = read32(at + SHARED_OUTPUT_SIZE)
  memory.writable = memory.table + (read32(at + SHARED_TABLE_SIZE) as u64)
  memory.outputs = memory.writable + (memory.writableSize as u64)
  memory.id = read32(at + SHARED_ID)
  memory.peers = read32(at + SHARED_PEERS)
  memory.intid = DOORBELL_INTID + index
}

/** The section that peer `id` writes, and all may read. */
export function outputOf(memory: SharedMemory, id: u32): u64 {
  return memory.outputs + (id as u64) * (memory.outputSize as u64)
}

/** What the peer says of itself; 0: it is not there. */
export function stateOf(memory: SharedMemory, id: u32): u32 {
  return read32(memory.table + (id as u64) * 4)
}

/** Says it, after what was written before; where it is new the others' doorbells ring. */
export function setState(memory: SharedMemory, state: u32): void {
  dsb_sy()
  write32(memory.registers + SHARED_STATE, state)
}

/** Rings a peer's doorbell, after what was written before. */
export function ring(memory: SharedMemory, id: u32): void {
  dsb_sy()
  write32(memory.registers + SHARED_DOORBELL, id << SHARED_TARGET_SHIFT)
}

/** From now on the own doorbell interrupts, with `memory.intid`; `initGic` comes before. */
export function listen(memory: SharedMemory): void {
  setEdge(memory.intid)
  enableInterrupt(memory.intid)
  write32(memory.registers + SHARED_INTERRUPT, SHARED_INTERRUPT_ENABLE)
}
