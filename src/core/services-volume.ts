/** What core does for block devices whose disk is on the board's storage. Everything asked is checked: a compartment that lies reads and
 * writes its own VM's RAM and its own VM's volumes. */

import {
  CAN_WRITE,
  STORAGE_CONTROL,
  VOLUME_BUFFER,
  VOLUME_DISCARD,
  VOLUME_FLUSH,
  VOLUME_RANGE_MOST,
  VOLUME_TICKETS,
  VOLUME_WRITE,
  VOLUME_ZERO,
} from '../abi/storage'
import * as hw from '../hw'
import { directVa } from './address'
import { thisCpu } from './cpu'
import { DISK_PIECE } from './disk'
import { forget, lockStorage, queue, unlockStorage } from './dispatch'
import { grantAt } from './grant'
import { STORAGE } from './service'
import { abilitiesOf } from './storage-life'
import { Vcpu } from './vcpu'
import { ramHolds, ramVa, Vm, vmAt } from './vm'
import { move, setState, stateOf, TicketState, ticketAt, Volume, volumeAt, volumeCount, volumeOf } from './volume'

const NONE: u32 = u32.MAX_VALUE
const SECTOR_SHIFT: u32 = 9
const BUFFER_SECTORS: u32 = <u32>VOLUME_BUFFER >> SECTOR_SHIFT
const TICKETS: u32 = <u32>VOLUME_TICKETS
if (<u64>VOLUME_BUFFER > DISK_PIECE) ERROR('a buffer is more than a CPU copies at one go')

function vm(): Vm {
  return vmAt(changetype<Vcpu>(thisCpu().vcpu).vm)
}

/** The VM's volume that its disk `disk` is; -1: none. */
function own(disk: u32): i32 {
  return volumeOf(vm().index, disk)
}

/** CAN_*; all ones if the disk is none on the board's storage. */
export function volumeAbilities(disk: u32): u32 {
  const index = own(disk)
  if (index < 0) return NONE
  const abilities = abilitiesOf()
  return volumeAt(index).isReadOnly ? abilities & ~CAN_WRITE : abilities
}

/** A request of the disk's that is free, and is the compartment's from now on; all ones: all are on their way, or some of an earlier
 * life are. */
export function volumeClaim(disk: u32): u32 {
  const index = own(disk)
  if (index < 0 || volumeAt(index).orphans) return NONE
  for (let i: u32 = 0; i < TICKETS; i++) {
    if (move(ticketAt(<u32>index * TICKETS + i), TicketState.Free, TicketState.Claimed)) return i
  }
  return NONE
}

/** EL2's address of `size` bytes at `at` in the buffer of a request that is the compartment's; 0 if it is not. */
function bufferAt(disk: u32, ticket: u32, at: u32, size: u32): u64 {
  const index = own(disk)
  if (index < 0 || ticket >= TICKETS || at > <u32>VOLUME_BUFFER || size > <u32>VOLUME_BUFFER - at) return 0
  const number = <u32>index * TICKETS + ticket
  if (stateOf(ticketAt(number)) !== TicketState.Claimed) return 0
  return directVa(grantAt(STORAGE).dmaPa + STORAGE_CONTROL + <u64>number * VOLUME_BUFFER + <u64>at)
}

/** From the VM's RAM into a request's buffer, from its byte `at` on. 0: not all of that is there. */
export function volumeFill(disk: u32, ticket: u32, at: u32, ipa: u64, size: u32): u32 {
  const va = bufferAt(disk, ticket, at, size)
  const mine = vm()
  if (!va || !ramHolds(mine, ipa, size)) return 0
  hw.copy(va, ramVa(mine, ipa), size)
  mine.diskWritten += size
  return 1
}

/** The other way. */
export function volumeEmpty(disk: u32, ticket: u32, at: u32, ipa: u64, size: u32): u32 {
  const va = bufferAt(disk, ticket, at, size)
  const mine = vm()
  if (!va || !ramHolds(mine, ipa, size)) return 0
  hw.copy(ramVa(mine, ipa), va, size)
  mine.diskRead += size
  return 1
}

/** Zeroes instead. */
export function volumeClear(disk: u32, ticket: u32, size: u32): u32 {
  const va = bufferAt(disk, ticket, 0, size)
  if (va) hw.zero(va, size)
  return va ? 1 : 0
}

/** VOLUME_* of `count` sectors from `sector` of the disk on; `volumeTake` has it again. 0: it cannot be. */
export function volumeSubmit(disk: u32, ticket: u32, request: u32, sector: u64, count: u32): u32 {
  if (!bufferAt(disk, ticket, 0, 0)) return 0
  const index = <u32>own(disk)
  const volume = volumeAt(index)
  if (!isAllowed(volume, request, sector, count)) return 0
  const number = index * TICKETS + ticket
  const wanted = ticketAt(number)
  wanted.request = request
  wanted.sector = volume.start + sector
  wanted.count = count
  lockStorage()
  queue(number)
  unlockStorage()
  return 1
}

function isAllowed(volume: Volume, request: u32, sector: u64, count: u32): bool {
  if (request === VOLUME_FLUSH) return true
  if (request > <u32>VOLUME_ZERO || (request >= <u32>VOLUME_WRITE && volume.isReadOnly)) return false
  const most: u32 = request < <u32>VOLUME_DISCARD ? BUFFER_SECTORS : VOLUME_RANGE_MOST
  return count !== 0 && count <= most && sector < volume.sectors && <u64>count <= volume.sectors - sector
}

/** A request of the disk's that is over, which is the compartment's again, and from bit 31 on whether it was done; all ones: none is. */
export function volumeTake(disk: u32): u32 {
  const index = own(disk)
  if (index < 0) return NONE
  for (let i: u32 = 0; i < TICKETS; i++) {
    const ticket = ticketAt(<u32>index * TICKETS + i)
    if (move(ticket, TicketState.Done, TicketState.Claimed)) return i | (ticket.result << 30)
  }
  return NONE
}

/** The compartment needs it no more. */
export function volumeRelease(disk: u32, ticket: u32): void {
  if (bufferAt(disk, ticket, 0, 0)) setState(ticketAt(<u32>own(disk) * TICKETS + ticket), TicketState.Free)
}

/** The disk's driver in the guest is gone: whatever is on its way has no meaning any more. */
export function volumeForget(disk: u32): void {
  const index = own(disk)
  if (index < 0) return
  lockStorage()
  forget(<u32>index)
  unlockStorage()
}

/** A VM's life is over. */
export function forgetVolumes(vm: Vm): void {
  for (let i: u32 = 0; i < volumeCount; i++) {
    if (volumeAt(i).vm !== vm.index) continue
    lockStorage()
    forget(i)
    unlockStorage()
  }
}
