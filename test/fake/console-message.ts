/** Control messages of a console with several ports. Virtio 1.2, "Multiport Device Operation". */

export function message(id: number, event: number, value = 1): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(id)
  bytes.writeUInt16LE(event, 4)
  bytes.writeUInt16LE(value, 6)
  return bytes
}

/** What follows the message itself is a text. */
export function heard(bytes: Buffer): [id: number, event: number, rest: string] {
  return [bytes.readUInt32LE(), bytes.readUInt16LE(4), bytes.toString('latin1', 8)]
}
