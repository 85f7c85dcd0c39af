/** A VM's disks in a bundle (doc/bundle.md). */
import { wide } from './board.ts'
import type { Node } from './tree.ts'

/** A disk on the board's. */
export interface FakeVolumeNode {
  storage: true
  partition?: number
  name?: string
  readOnly?: boolean
}

/** In RAM: image name, bytes, and pages for what is written. */
export type FakeDiskNode = FakeVolumeNode | { image?: string; size?: number; pool?: number }

export function diskNode(disk: FakeDiskNode): Node {
  if ('storage' in disk) return volumeNode(disk)
  const { image, size = 0, pool = 0 } = disk
  return { ...(image && { image }), size: wide(size), pool: [pool] }
}

function volumeNode({ partition, name, readOnly }: FakeVolumeNode): Node {
  return {
    storage: true,
    pool: [0],
    ...(partition && { partition: [partition] }),
    ...(name && { 'partition-name': name }),
    ...(readOnly && { 'read-only': true }),
  }
}
