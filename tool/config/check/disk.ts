/** VMs' disks on the board's own: the board has such a disk, and nobody writes what another VM reads or writes. */
import { MAX_VOLUMES } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import { suggestion } from '../../ui/suggest.ts'
import type { Board } from '../board.ts'
import { isStored, type StoredDevice } from '../device.ts'
import type { Disk } from '../disk.ts'
import type { Machine, Vm } from '../system.ts'

interface Wish {
  path: string
  vm: Vm
  device: StoredDevice
}

export function checkDisks(vms: readonly Vm[], disks: readonly Disk[], machine?: Machine): Problem[] {
  if (!machine) return []
  const wishes = vms.flatMap((vm) =>
    vm.virtio.flatMap((device, slot): Wish[] =>
      isStored(device) ? [{ path: `vms[${vm.index}].devices[${vm.places[slot]}]`, vm, device }] : [],
    ),
  )
  const { board } = machine
  return [
    ...disks.flatMap(({ name }) => unknownDisk(`disks.${name}`, name, board)),
    ...wishes.flatMap(({ path, device }) => unknownDisk(`${path}.disk`, device.disk, board)),
    ...wishes.flatMap((wish) => unknownPartition(wish, disks)),
    ...severalDisks(wishes.filter(({ device }) => board.disks && device.disk in board.disks)),
    ...wishes.flatMap((wish, i) => shared(wish, wishes.slice(0, i))),
    ...tooMany(wishes),
  ]
}

function unknownDisk(path: string, name: string, { name: board, disks = {} }: Board): Problem[] {
  const names = Object.keys(disks)
  if (names.includes(name)) return []
  const reason = `${board} has no disk '${name}'`
  const remedy = names.length ? suggestion(name, names) : 'use a disk in RAM: virtio.block({ image }) or ({ size })'
  return [{ path, reason, remedy }]
}

/** Of a disk whose partitions the config itself names. */
function unknownPartition({ path, device }: Wish, disks: readonly Disk[]): Problem[] {
  const names = disks.find(({ name }) => name === device.disk)?.partitions.map(({ name }) => name) ?? []
  const { partition } = device
  if (names.length === 0 || partition === undefined) return []
  const isThere = typeof partition === 'string' ? names.includes(partition) : partition <= names.length
  if (isThere) return []
  const reason = `the system's disk '${device.disk}' has no partition ${typeof partition === 'string' ? `'${partition}'` : partition}`
  return [{ path: `${path}.partition`, reason, remedy: suggestion(String(partition), names) }]
}

/** The service drives one. */
function severalDisks(wishes: readonly Wish[]): Problem[] {
  const first = wishes[0]
  return wishes.flatMap(({ path, device }) =>
    device.disk === first!.device.disk
      ? []
      : [
          {
            path: `${path}.disk`,
            reason: `the VMs have disks on '${first!.device.disk}' already, and one disk of the board is driven`,
            remedy: 'use partitions of one disk',
          },
        ],
  )
}

/** A partition may have a name and a number: what meets that way is found when the board starts. */
function shared({ path, vm, device }: Wish, earlier: readonly Wish[]): Problem[] {
  const other = earlier.find(
    (each) =>
      each.device.disk === device.disk && meet(each.device, device) && !(each.device.readOnly && device.readOnly),
  )
  if (!other) return []
  const whole = device.partition === undefined || other.device.partition === undefined
  const what = whole ? `the whole disk '${device.disk}'` : `partition ${text(device)}`
  const owner = other.vm === vm ? 'this VM' : `VM '${other.vm.name}'`
  const reason = whole
    ? `${owner} has a part of '${device.disk}', and one of the two is ${what}`
    : `${owner} has ${what} already`
  const remedy = whole ? 'give each a partition of its own' : 'give each its own, or make all of them readOnly'
  return [{ path, reason, remedy }]
}

function text({ partition }: StoredDevice): string {
  return typeof partition === 'string' ? `'${partition}'` : String(partition)
}

function meet(a: StoredDevice, b: StoredDevice): boolean {
  return a.partition === undefined || b.partition === undefined || a.partition === b.partition
}

function tooMany(wishes: readonly Wish[]): Problem[] {
  if (wishes.length <= MAX_VOLUMES) return []
  const reason = `${wishes.length} disks on the board's are too many for a system`
  return [{ path: 'vms', reason, remedy: `have at most ${MAX_VOLUMES}` }]
}
