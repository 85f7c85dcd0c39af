/**
 * Disks of VMs on the board's storage, and the requests that are on their way there: a few for each disk, with a buffer each, which
 * both the device and the VM's compartment reach, one after the other. A request's state says whose it is.
 */
import { MAX_VOLUMES, VOLUME_AT, VOLUME_SIZE } from '../abi/layout'
import { VOLUME_TICKETS } from '../abi/storage'
import { mapFresh } from './stage1'

@unmanaged
export class Volume {
  vm: u32
  /** Its number among the VM's disks. */
  disk: u32
  /** Sectors of the device. */
  start: u64
  sectors: u64
  isReadOnly: u32
  /** storage.lock: its requests that the device has, and whose VM has forgotten them. */
  orphans: u32
  /** Where the bundle has it: address of its node. Boot only. */
  node: usize
}

export const enum TicketState {
  Free,
  /** The VM's compartment fills its buffer, or empties it. */
  Claimed,
  /** It waits for the device. */
  Waiting,
  /** The device has it. */
  Submitted,
  /** The device has it, and nobody wants to know. */
  Orphan,
  /** The compartment has not looked yet. */
  Done,
}

@unmanaged
export class Ticket {
  /** TicketState; atomic. */
  state: u32
  /** VOLUME_* */
  request: u32
  /** Of the device. */
  sector: u64
  count: u32
  /** Its place in the order in which they came. */
  order: u32
  /** How often the service failed with it. */
  failures: u32
  /** 1: it was done. */
  result: u32
}

const VOLUME_SHIFT: usize = 6
const TICKET_SHIFT: usize = 5
const TICKETS_AT: usize = VOLUME_AT + ((<usize>MAX_VOLUMES) << VOLUME_SHIFT)
if (offsetof<Volume>() > 1 << VOLUME_SHIFT || offsetof<Ticket>() != 1 << TICKET_SHIFT) ERROR('volumes have grown')
if (TICKETS_AT + ((<usize>(MAX_VOLUMES * VOLUME_TICKETS)) << TICKET_SHIFT) > <usize>(VOLUME_AT + VOLUME_SIZE))
  ERROR('volumes need more memory')

/** Boot only. */
export let volumeCount: u32 = 0

/** A record for the next one, or 0: there are too many, or no memory for them. Boot only. */
export function claimVolume(vm: u32, disk: u32): usize {
  if (volumeCount === <u32>MAX_VOLUMES) return 0
  if (!volumeCount && !mapFresh(VOLUME_AT, VOLUME_SIZE)) return 0
  const volume = volumeAt(volumeCount++)
  volume.vm = vm
  volume.disk = disk
  return changetype<usize>(volume)
}

export function volumeAt(index: u32): Volume {
  return changetype<Volume>(VOLUME_AT + ((<usize>index) << VOLUME_SHIFT))
}

/** The VM's disk `disk`; -1: it is not on the board's storage. */
export function volumeOf(vm: u32, disk: u32): i32 {
  for (let i: u32 = 0; i < volumeCount; i++) if (volumeAt(i).vm === vm && volumeAt(i).disk === disk) return <i32>i
  return -1
}

/** Bytes of the VM's disk `disk`, 0 if it is none of these. */
export function sizeOfVolume(vm: u32, disk: u32): u64 {
  const index = volumeOf(vm, disk)
  return index < 0 ? 0 : volumeAt(<u32>index).sectors << 9
}

export function canWrite(vm: u32, disk: u32): bool {
  const index = volumeOf(vm, disk)
  return index >= 0 && !volumeAt(<u32>index).isReadOnly
}

/** Of all volumes: VOLUME_TICKETS for each. */
export function ticketCount(): u32 {
  return volumeCount * <u32>VOLUME_TICKETS
}

export function ticketAt(index: u32): Ticket {
  return changetype<Ticket>(TICKETS_AT + ((<usize>index) << TICKET_SHIFT))
}

export function stateOf(ticket: Ticket): u32 {
  return atomic.load<u32>(changetype<usize>(ticket))
}

export function setState(ticket: Ticket, state: u32): void {
  atomic.store<u32>(changetype<usize>(ticket), state)
}

/** From one state to the other. False: it was not in the first. */
export function move(ticket: Ticket, from: u32, to: u32): bool {
  return atomic.cmpxchg<u32>(changetype<usize>(ticket), from, to) === from
}

if (offsetof<Ticket>('state') != 0) ERROR('the state stands first')
