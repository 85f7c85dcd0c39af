/** The board's storage at boot: the service that drives it begins, and each volume is found in its partition table. A VM whose volume is
 * not there does not start. Boot only; the bundle's tree is mapped. */
import {
  CAN_WRITE,
  DRIVER_SDHCI,
  DRIVER_VIRTIO,
  HAS_DMA,
  PARTITION_NAME_MOST,
  PARTITION_NONE,
  PARTITION_TWICE,
  STORAGE_CONTROL,
  VOLUME_ABILITIES,
  VOLUME_BUFFER,
} from '../abi/storage'
import * as fdt from '../lib/fdt'
import { NOWHERE } from '../lib/fdt-way'
import { isEmpty } from '../lib/literal'
import { serviceNode, tree } from './bundle'
import { begin, lockStorage, unlockStorage } from './dispatch'
import { Granted, grant, grantAt } from './grant'
import { storageMemorySize } from './link'
import * as log from './log'
import { vmName } from './report-word'
import { mapService, STORAGE } from './service'
import * as storage from './storage'
import { vmAt } from './vm'
import { ticketCount, Volume, volumeAt, volumeCount } from './volume'

const NAME: string = 'storage'
const FAILED: u32 = u32.MAX_VALUE
/** The highest number of a partition. */
const PARTITIONS: u32 = 128

/** CAN_* of the device. Boot only writes. */
let abilities: u32 = 0

export function abilitiesOf(): u32 {
  return abilities & VOLUME_ABILITIES
}

/** Nothing that is wrong here ends the boot: VMs that need no disk of the board's run. */
export function startStorage(): void {
  if (!volumeCount) return
  const problem = openDevice()
  if (isEmpty(problem)) reportDisk()
  for (let i: u32 = 0; i < volumeCount; i++) {
    const volume = volumeAt(i)
    const missing = isEmpty(problem) ? locate(volume) : problem
    if (isEmpty(missing)) reportVolume(volume)
    else refuse(volume, missing)
  }
}

function openDevice(): string {
  const memory = <u64>STORAGE_CONTROL + <u64>ticketCount() * VOLUME_BUFFER
  if (!mapService(STORAGE, storageMemorySize())) return 'no memory for the storage service'
  const driver = fdt.cell(tree, serviceNode(NAME), 'driver', 0, DRIVER_VIRTIO)
  switch (grant(STORAGE, NAME, memory, driver === DRIVER_SDHCI)) {
    case Granted.Nothing:
      return 'the board has no such disk: attach one (bulkhead run --disk FILE)'
    case Granted.Legacy:
      return 'its disk is a legacy virtio device: QEMU needs -global virtio-mmio.force-legacy=false'
    case Granted.Taken:
      return "the disk's registers or interrupt are somebody else's"
    case Granted.NoMemory:
      return 'no memory that the disk reaches'
  }
  lockStorage()
  const node = serviceNode(NAME)
  const clocks = <u64>fdt.cell(tree, node, 'clock', 0, 0) | ((<u64>fdt.cell(tree, node, 'speed', 0, 0)) << 32)
  const isUp = begin(driver, clocks)
  const partitions: u32 = isUp ? storage.readTable() : 0
  if (isUp) abilities = storage.abilities()
  unlockStorage()
  return !isUp || partitions === FAILED ? 'the disk does not work' : ''
}

function reportDisk(): void {
  log.begin()
  log.text("the board's disk has ")
  lockStorage()
  const size = storage.capacity() << 9
  unlockStorage()
  log.amount(size)
  if (abilities & HAS_DMA) log.text(', and reads and writes memory itself')
  else if (grantAt(STORAGE).dmaBus === NOWHERE) log.text(', and reaches no free memory: a core copies each word')
  else log.text(', and no DMA: a core copies each word')
  log.end()
}

/** Where the volume is on the disk. What is wrong, or ''. */
function locate(volume: Volume): string {
  const node = volume.node
  const name = fdt.property(tree, node, 'partition-name')
  let number = fdt.cell(tree, node, 'partition', 0, 0)
  lockStorage()
  if (name) number = findNamed(name, number)
  const isWhole = !name && !number
  const start = isWhole ? 0 : storage.partitionStart(number)
  const sectors = isWhole ? storage.capacity() : storage.partitionSize(number)
  const size = storage.capacity()
  unlockStorage()
  if (number === PARTITION_TWICE) return 'the disk has several partitions of that name: name it by its number'
  if (!sectors) return isWhole ? 'the disk is empty' : 'the disk has no such partition'
  if (sectors > size || start > size - sectors) return 'the partition reaches beyond the end of the disk'
  volume.start = start
  volume.sectors = sectors
  if (!volume.isReadOnly && !(abilities & CAN_WRITE)) volume.isReadOnly = 1
  return isShared(volume) ? 'a partition of another VM lies there too: one of them would have to be readOnly' : ''
}

/** Of the partition of that name; `otherwise` in a table without names, as cards of ours have. */
function findNamed(property: usize, otherwise: u32): u32 {
  const at = fdt.propertyData(property)
  const size = min<u32>(fdt.propertySize(property), PARTITION_NAME_MOST)
  for (let i: u32 = 0; i < size; i++) storage.setName(i, load<u8>(at + i))
  const found = storage.findNamed()
  if (found !== FAILED && found !== PARTITION_NONE) return found
  for (let i: u32 = 1; i <= PARTITIONS; i++) if (storage.partitionName(i, 0)) return PARTITION_NONE
  return otherwise
}

/** Whether one before it, that was found, meets it, and either of them can be written. */
function isShared(volume: Volume): bool {
  for (let i: u32 = 0; i < volumeCount; i++) {
    const other = volumeAt(i)
    if (other === volume) return false
    if (!other.sectors || (other.isReadOnly && volume.isReadOnly)) continue
    if (volume.start < other.start + other.sectors && other.start < volume.start + volume.sectors) return true
  }
  return false
}

function refuse(volume: Volume, missing: string): void {
  const vm = vmAt(volume.vm)
  volume.sectors = 0
  vm.lacksPart = 1
  beginLine(volume)
  log.text(' cannot start: its ')
  partition(volume)
  log.text(': ')
  log.text(missing)
  log.end()
}

function beginLine(volume: Volume): void {
  log.begin()
  vmName(vmAt(volume.vm))
}

function partition(volume: Volume): void {
  const name = fdt.property(tree, volume.node, 'partition-name')
  const number = fdt.cell(tree, volume.node, 'partition', 0, 0)
  log.text('disk ')
  log.decimal(volume.disk)
  if (name) {
    log.text(", partition '")
    log.bytes(fdt.propertyData(name), fdt.propertySize(name))
    log.text("'")
  } else if (number) {
    log.text(', partition ')
    log.decimal(number)
  }
}

function reportVolume(volume: Volume): void {
  beginLine(volume)
  log.text(' has its ')
  partition(volume)
  log.text(': ')
  log.amount(volume.sectors << 9)
  if (volume.isReadOnly) log.text(', read-only')
  log.end()
}
