/** Disks of the board in a config: what QEMU gets for them, and how a new one is divided. */
import { parseSize } from './size.ts'

export interface DiskConfig {
  /** The file that is the disk when QEMU plays the board. */
  file?: string | undefined
  /** A file that is not there yet is made with a GPT and these partitions, in their order. */
  partitions?: Record<string, PartitionConfig> | undefined
}

export interface PartitionConfig {
  /** `'64M'`; by default as large as its image. */
  size?: string | number | undefined
  /** What it begins as; zeroes by default. */
  image?: string | undefined
}

/** Paths are absolute, sizes bytes. */
export interface Disk {
  name: string
  file?: string
  partitions: Partition[]
}

export interface Partition {
  name: string
  size?: number
  image?: string
}

export function disksOfBoard(config: Record<string, DiskConfig> = {}, from: (path: string) => string): Disk[] {
  return Object.entries(config).map(([name, { file, partitions = {} }]) => ({
    name,
    ...(file !== undefined && { file: from(file) }),
    partitions: Object.entries(partitions).map(([name, { size, image }]) => ({
      name,
      ...(size !== undefined && { size: parseSize(size)! }),
      ...(image !== undefined && { image: from(image) }),
    })),
  }))
}
