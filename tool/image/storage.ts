/** What a bundle says of disks that are on the board's: the device for the service `storage`, and each VM's part (doc/bundle.md). */
import { DRIVER_SDHCI, DRIVER_VIRTIO } from '../../src/abi/storage.ts'
import type { BoardDisk } from '../config/board-disk.ts'
import type { StoredDevice } from '../config/device.ts'
import { cardNumber } from './card-part.ts'
import { cells, quoted } from './dts.ts'

const DRIVERS = { virtio: DRIVER_VIRTIO, sdhci: DRIVER_SDHCI }
/** Virtio 1.2, "Device Types". */
const BLOCK = 2

export function storageLines(disk: BoardDisk): string[] {
  const { driver, base, size, intid, edge, stride, coherent, reach, node, clock, speed } = disk
  return lines(3, [
    `driver = <${DRIVERS[driver]}>`,
    `reg = <${cells(base)} ${cells(size)}>`,
    `interrupts = <${intid} ${edge ? 1 : 0}>`,
    driver === 'virtio' && `virtio = <${BLOCK}>`,
    stride !== undefined && `stride = <${stride}>`,
    clock !== undefined && `clock = <${clock}>`,
    speed !== undefined && `speed = <${speed}>`,
    coherent && 'dma-coherent',
    reach !== undefined && `dma-reach = <${cells(reach)}>`,
    node !== undefined && `node = ${quoted(node)}`,
  ])
}

/** `pool` marks a disk; this one needs no RAM. `parts`: names of the partitions on a card, whose table knows numbers alone. */
export function storedLines({ partition, readOnly }: StoredDevice, parts: readonly string[]): string[] {
  const number = typeof partition === 'string' ? cardNumber(parts, partition) : partition
  return lines(5, [
    'storage',
    'pool = <0>',
    number !== undefined && `partition = <${number}>`,
    typeof partition === 'string' && `partition-name = ${quoted(partition)}`,
    readOnly && 'read-only',
  ])
}

function lines(depth: number, properties: (string | false | undefined)[]): string[] {
  return properties.filter((line) => typeof line === 'string').map((line) => `${'\t'.repeat(depth)}${line};\n`)
}
