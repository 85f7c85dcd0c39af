/** A VM's port at the switch as core keeps it, without a switch: what the device offers, and what it sends. */
import type { GuestRam } from './guest-ram.ts'
import { type Packet, packetOf } from './packet.ts'

export interface FakePortOptions {
  /** It is a socket's. */
  cid?: number
  /** First byte first. */
  mac?: string
  mtu?: number
  offload?: boolean
}

/** virtio_net_hdr. */
export const HEADER = 12
const PIECES = 256
const NOTHING = -1n

interface Offer {
  head: number
  pieces: [ipa: number, size: number][]
}

export class FakePort {
  readonly mac: string
  readonly mtu: number
  readonly offload: boolean
  readonly cid: number | undefined
  /** What `packetSend` does with so many bytes: how many go, and 1 if the rest waits, 2 if it goes nowhere. */
  packetFate: (size: number) => [done: number, fate: number] = (size) => [size, 0]
  /** Packets that went, with their headers but for the source: the device has no say in that. */
  readonly packets: Packet[] = []
  /** Calls that bring resets which find room, until there are no more. */
  resets = 0
  isOpen = false
  isMergeable = false
  /** Buffers that are offered, and those that were filled and not taken. */
  readonly offers: Offer[] = []
  readonly filled: { head: number; written: number }[] = []
  /** Frames that were sent, with their virtio_net_hdr. */
  readonly sent: Buffer[] = []
  flushes = 0
  #staged: Offer['pieces'] = []
  #gathered: Buffer[] = []

  constructor({ mac = '52:00:00:00:00:01', mtu = 1500, offload = false, cid }: FakePortOptions = {}) {
    this.mac = mac
    this.mtu = mtu
    this.offload = offload
    this.cid = cid
  }

  get room(): number {
    return PIECES - this.offers.reduce((sum, { pieces }) => sum + pieces.length, 0)
  }

  /** A frame arrives, header and all, as core would bring it. False: there is no room for it. */
  receive(ram: GuestRam, frame: Uint8Array): boolean {
    const chains: Offer[] = []
    let room = 0
    while (room < frame.length) {
      const next = this.offers[chains.length]
      if (!next || (chains.length && !this.isMergeable)) return false
      chains.push(next)
      room += next.pieces.reduce((sum, [, size]) => sum + size, 0)
    }
    let rest = Buffer.from(frame)
    rest.writeUInt16LE(chains.length, 10)
    for (const { head, pieces } of chains) {
      const before = rest.length
      for (const [ipa, size] of pieces) {
        ram.bytes.set(rest.subarray(0, size), ipa - ram.ipa)
        rest = rest.subarray(Math.min(size, rest.length))
      }
      this.filled.push({ head, written: before - rest.length })
    }
    this.offers.splice(0, chains.length)
    return true
  }

  open(isMergeable: boolean): void {
    if (this.isOpen) throw new Error('the port is open already')
    this.isOpen = true
    this.isMergeable = isMergeable
  }

  close(): void {
    this.isOpen = false
    this.offers.length = this.filled.length = this.#staged.length = 0
  }

  offer(ram: GuestRam, ipa: number, size: number, head: number, isLast: boolean): boolean {
    if (!this.isOpen) throw new Error('a buffer for a closed port')
    if (size === 0 || this.#staged.length >= this.room || !holds(ram, ipa, size))
      throw new Error('a buffer that is none')
    this.#staged.push([ipa, size])
    if (isLast) this.offers.push({ head, pieces: this.#staged.splice(0) })
    return true
  }

  gather(ram: GuestRam, ipa: number, size: number): boolean {
    if (!holds(ram, ipa, size)) throw new Error('a piece of a frame that is not RAM')
    this.#gathered.push(Buffer.from(ram.bytes.subarray(ipa - ram.ipa, ipa - ram.ipa + size)))
    return true
  }

  /** As many bytes of what was gathered as its fate lets go. */
  sendPacket(head: Buffer): bigint {
    const payload = Buffer.concat(this.#gathered.splice(0))
    const [done, fate] = this.packetFate(payload.length)
    if (fate === 0 || done) {
      const bytes = Buffer.concat([head, payload.subarray(0, done)])
      bytes.writeUInt32LE(done, 24)
      if (this.isOpen) this.packets.push(packetOf(bytes))
    }
    return BigInt(done) | (BigInt(fate) << 32n)
  }

  send(heads: Buffer): number {
    const frame = Buffer.concat([heads, ...this.#gathered.splice(0)])
    if (this.isOpen) this.sent.push(frame)
    return frame.length
  }
}

function holds({ ipa: base, bytes }: GuestRam, ipa: number, size: number): boolean {
  return ipa >= base && ipa + size <= base + bytes.length
}

/** The port functions of src/vmm/core.ts. */
export function portServices(ports: readonly FakePort[], ram: () => GuestRam) {
  const number = (value: bigint) => Number(BigInt.asUintN(64, value))
  return {
    portPlace: (index: number) => {
      const port = ports[index]
      if (!port) return 0n
      if (port.cid !== undefined) return BigInt(port.cid)
      const bytes = Buffer.from([...port.mac.split(':').map((byte) => Number.parseInt(byte, 16)), 0, 0])
      bytes.writeUInt16LE(port.mtu, 6)
      return bytes.readBigUInt64LE()
    },
    portOffload: (index: number) => (ports[index]?.offload ? 1 : 0),
    portOpen: (index: number, isMergeable: number) => ports[index]?.open(isMergeable !== 0),
    portClose: (index: number) => ports[index]?.close(),
    frameRoom: (index: number) => ports[index]?.room ?? 0,
    frameOffer: (index: number, ipa: bigint, size: number, head: number, isLast: number) =>
      ports[index]?.offer(ram(), number(ipa), size >>> 0, head, isLast !== 0) ? 1 : 0,
    frameTake: (index: number) => {
      const next = ports[index]?.filled.shift()
      return next ? (BigInt(next.written) << 32n) | BigInt(next.head) : NOTHING
    },
    frameGather: (index: number, ipa: bigint, size: number) =>
      ports[index]?.gather(ram(), number(ipa), size >>> 0) ? 1 : 0,
    frameSend: (index: number, ipa: bigint, size: number, ...words: [bigint, number, bigint, bigint]) => {
      const [virtio, checksumOffset, ethernet0, ethernet1] = words
      if (size) ports[index]?.gather(ram(), number(ipa), size >>> 0)
      const heads = Buffer.alloc(28)
      heads.writeBigUInt64LE(BigInt.asUintN(64, virtio), 0)
      heads.writeUInt16LE(checksumOffset & 0xffff, 8)
      heads.writeBigUInt64LE(BigInt.asUintN(64, ethernet0), 12)
      heads.writeBigUInt64LE(BigInt.asUintN(64, ethernet1), 20)
      return ports[index]?.send(heads.subarray(0, 26)) ?? HEADER
    },
    packetSend: (index: number, ...words: [bigint, bigint, bigint, bigint, number]) => {
      const port = ports[index]
      if (port?.cid === undefined) return 2n << 32n
      const head = Buffer.alloc(44)
      head.writeBigUInt64LE(BigInt(port.cid))
      for (const [i, word] of words.slice(0, 4).entries())
        head.writeBigUInt64LE(BigInt.asUintN(64, word as bigint), 8 + i * 8)
      head.writeUInt32LE(words[4] >>> 0, 40)
      return port.sendPacket(head)
    },
    packetResets: (index: number) => (ports[index] && ports[index].resets-- > 0 ? 1 : 0),
    frameFlush: (index: number) => {
      if (ports[index]) ports[index].flushes++
    },
  }
}
