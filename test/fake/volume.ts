/** Disks on the board's storage as core offers them to a compartment: requests that wait until the test, or nobody, answers them. */
import {
  CAN_DISCARD,
  CAN_WRITE,
  CAN_ZERO,
  VOLUME_BUFFER,
  VOLUME_READ,
  VOLUME_TICKETS,
  VOLUME_WRITE,
  VOLUME_ZERO,
} from '../../src/abi/storage.ts'
import type { GuestRam } from './guest-ram.ts'

const NONE = -1
const SECTOR = 512

interface Ticket {
  state: 'free' | 'claimed' | 'waiting' | 'done'
  request: number
  sector: number
  count: number
  isDone: boolean
  buffer: Buffer
}

export interface FakeVolumeOptions {
  bytes: Buffer
  readOnly?: boolean
  abilities?: number
}

export class FakeVolume {
  readonly bytes: Buffer
  readonly readOnly: boolean
  readonly abilities: number
  readonly broken = new Set<number>()
  readonly log: [request: number, sector: number, count: number][] = []
  readonly tickets: Ticket[] = Array.from({ length: VOLUME_TICKETS }, () => ({
    state: 'free',
    request: 0,
    sector: 0,
    count: 0,
    isDone: false,
    buffer: Buffer.alloc(VOLUME_BUFFER, 0xee),
  }))
  /** No request is free as long as this is set. */
  isBlocked = false
  forgotten = 0

  constructor({ bytes, readOnly = false, abilities = CAN_WRITE | CAN_DISCARD | CAN_ZERO }: FakeVolumeOptions) {
    this.bytes = bytes
    this.readOnly = readOnly
    this.abilities = readOnly ? abilities & ~CAN_WRITE : abilities
  }

  get waiting(): Ticket[] {
    return this.tickets.filter(({ state }) => state === 'waiting')
  }

  /** The board's disk does what waits. True: something did. */
  work(): boolean {
    const list = this.waiting
    for (const ticket of list) this.finish(ticket)
    return list.length > 0
  }

  finish(ticket: Ticket): void {
    const { request, sector, count, buffer } = ticket
    const at = sector * SECTOR
    const size = count * SECTOR
    this.log.push([request, sector, count])
    ticket.isDone = !this.broken.has(sector)
    ticket.state = 'done'
    if (!ticket.isDone) return
    if (request === VOLUME_READ) this.bytes.copy(buffer, 0, at, at + size)
    else if (request === VOLUME_WRITE) buffer.copy(this.bytes, at, 0, size)
    else if (request === VOLUME_ZERO) this.bytes.fill(0, at, at + size)
  }
}

/** The volume functions of src/vmm/core.ts. */
export function volumeServices(volumes: readonly (FakeVolume | undefined)[], ram: () => GuestRam) {
  const guest = (ipa: bigint, size: number): Buffer | undefined => {
    const { bytes, ipa: base } = ram()
    const at = Number(BigInt.asUintN(64, ipa)) - base
    return at >= 0 && at + size <= bytes.length ? bytes.subarray(at, at + size) : undefined
  }
  const own = (disk: number, ticket: number): Ticket | undefined => {
    const found = volumes[disk]?.tickets[ticket]
    return found?.state === 'claimed' ? found : undefined
  }
  const part = (disk: number, ticket: number, at: number, size: number) => {
    const found = own(disk, ticket)
    return found && at + size <= VOLUME_BUFFER ? found.buffer.subarray(at, at + size) : undefined
  }
  const copy = (from: Buffer | undefined, to: Buffer | undefined): number => {
    if (!from || !to) return 0
    from.copy(to)
    return 1
  }
  return {
    volumeAbilities: (disk: number) => volumes[disk]?.abilities ?? NONE,
    volumeClaim: (disk: number) => {
      const volume = volumes[disk]
      if (!volume || volume.isBlocked) return NONE
      const index = volume.tickets.findIndex(({ state }) => state === 'free')
      if (index >= 0) volume.tickets[index]!.state = 'claimed'
      return index
    },
    volumeRelease: (disk: number, ticket: number) => {
      const found = own(disk, ticket)
      if (found) found.state = 'free'
    },
    volumeFill: (disk: number, ticket: number, at: number, ipa: bigint, size: number) =>
      copy(guest(ipa, size), part(disk, ticket, at, size)),
    volumeEmpty: (disk: number, ticket: number, at: number, ipa: bigint, size: number) =>
      copy(part(disk, ticket, at, size), guest(ipa, size)),
    volumeClear: (disk: number, ticket: number, size: number) => (part(disk, ticket, 0, size)?.fill(0) ? 1 : 0),
    volumeSubmit: (disk: number, ticket: number, request: number, sector: bigint, count: number) => {
      const found = own(disk, ticket)
      if (!found) return 0
      Object.assign(found, { state: 'waiting', request, sector: Number(sector), count })
      return 1
    },
    volumeTake: (disk: number) => {
      const index = volumes[disk]?.tickets.findIndex(({ state }) => state === 'done') ?? -1
      if (index < 0) return NONE
      const found = volumes[disk]!.tickets[index]!
      found.state = 'claimed'
      return index | (found.isDone ? 1 << 30 : 0)
    },
    volumeForget: (disk: number) => {
      const volume = volumes[disk]
      if (!volume) return
      volume.forgotten++
      for (const ticket of volume.tickets) ticket.state = 'free'
    },
  }
}
