/** The bundle's list of the board's devices, for reports: src/abi/board-map.ts. */
import { MAP_END, MAP_NAME, MAP_NAME_SIZE, MAP_NOBODY, MAP_OWNER, MAP_RECORD } from '../../src/abi/board-map.ts'
import type { Board } from '../config/board.ts'
import type { Vm } from '../config/system.ts'

/** Undefined for a board without any. */
export function boardMap({ devices = {} }: Pick<Board, 'devices'>, vms: readonly Pick<Vm, 'index' | 'passthrough'>[]) {
  const list = Object.entries(devices)
  if (list.length === 0) return undefined
  const bytes = Buffer.alloc(list.length * MAP_RECORD)
  for (const [i, [name, { base, size }]] of list.entries()) {
    const at = i * MAP_RECORD
    if (name.length >= MAP_NAME_SIZE) throw new Error(`the name of device ${name} is too long for the map`)
    bytes.writeBigUInt64LE(BigInt(base), at)
    bytes.writeBigUInt64LE(BigInt(base + size), at + MAP_END)
    const owner = vms.find(({ passthrough }) => passthrough.includes(name))
    bytes.writeUInt32LE(owner?.index ?? MAP_NOBODY, at + MAP_OWNER)
    bytes.write(name, at + MAP_NAME, 'latin1')
  }
  return bytes
}
