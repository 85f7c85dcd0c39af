/** Packets of virtio sockets, as they lie in buffers. Virtio 1.2, "Socket Device". */

export const HEADER = 44
export const OP = { request: 1, response: 2, rst: 3, shutdown: 4, rw: 5, creditUpdate: 6, creditRequest: 7 }
const STREAM = 1

export interface Packet {
  from: number
  to: number
  fromPort: number
  toPort: number
  op: number
  type?: number
  flags?: number
  credit?: number
  forwarded?: number
  payload?: Uint8Array
  /** What `len` says; by default the payload's. */
  length?: number
}

export function packetBytes(packet: Packet): Buffer {
  const { payload = Buffer.alloc(0), length = payload.length, type = STREAM } = packet
  const bytes = Buffer.alloc(HEADER)
  bytes.writeBigUInt64LE(BigInt(packet.from), 0)
  bytes.writeBigUInt64LE(BigInt(packet.to), 8)
  bytes.writeUInt32LE(packet.fromPort, 16)
  bytes.writeUInt32LE(packet.toPort, 20)
  bytes.writeUInt32LE(length, 24)
  bytes.writeUInt16LE(type, 28)
  bytes.writeUInt16LE(packet.op, 30)
  bytes.writeUInt32LE(packet.flags ?? 0, 32)
  bytes.writeUInt32LE(packet.credit ?? 0, 36)
  bytes.writeUInt32LE(packet.forwarded ?? 0, 40)
  return Buffer.concat([bytes, payload])
}

/** Without what is zero or as usual. */
export function packetOf(bytes: Buffer): Packet {
  const [flags, credit, forwarded] = [32, 36, 40].map((at) => bytes.readUInt32LE(at))
  const type = bytes.readUInt16LE(28)
  const payload = bytes.subarray(HEADER, HEADER + bytes.readUInt32LE(24))
  return {
    from: Number(bytes.readBigUInt64LE(0)),
    to: Number(bytes.readBigUInt64LE(8)),
    fromPort: bytes.readUInt32LE(16),
    toPort: bytes.readUInt32LE(20),
    op: bytes.readUInt16LE(30),
    ...(type !== STREAM && { type }),
    ...(flags && { flags }),
    ...(credit && { credit }),
    ...(forwarded && { forwarded }),
    ...(payload.length && { payload: Buffer.from(payload) }),
  }
}
