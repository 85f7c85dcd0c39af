/** What a system amounts to on its board, as the page shows it and `inspect --json` prints it: who has which memory, cores, devices. */
import * as machine from '../../src/abi/guest-machine.ts'
import type { Range } from '../config/board.ts'
import { pagesOf } from '../config/board-device.ts'
import { assignCores } from '../config/core.ts'
import { isNet, namedPlace, type SlotDevice } from '../config/device.ts'
import type { Life } from '../config/life.ts'
import type { Server } from '../config/server.ts'
import type { System, Vm } from '../config/system.ts'
import { bundleSize } from '../image/bundle.ts'
import { diskRam, type Guest } from '../image/guest.ts'

export interface Plan {
  name: string
  board: {
    name: string
    title: string
    cores: number
    gic: number
    ramSize: number
    ram: Range[]
    uart: { kind: string; base: number; intid: number }
  }
  control: boolean
  /** Bytes of RAM; where each piece goes is settled at boot, but for VMs at the board's own addresses. */
  memory: { owner: string; what: string; size: number; address?: number }[]
  devices: BoardDevicePlan[]
  vms: VmPlan[]
  networks: { name: string; mtu: number; offload: boolean; members: Member[] }[]
  disks: { vm: string; index: number; size: number; pool: number; image: boolean }[]
}

export interface BoardDevicePlan {
  name: string
  base: number
  size: number
  intids: number[]
  /** The VM that has it; empty: nobody. */
  owner: string
  dma: boolean
}

export interface VmPlan {
  name: string
  vcpus: number
  cores: number[]
  server?: Omit<Server, 'share'>
  memory: number
  entry: number
  bootargs?: string
  trustedDma: boolean
  interrupts?: number
  /** Guest-physical, in order. */
  map: Region[]
  virtio: { slot: number; type: string; options: Record<string, string> }[]
  life: Life
}

/** `kind`: how the page draws it. */
export interface Region {
  address: number
  size: number
  what: string
  kind: 'ram' | 'image' | 'device' | 'board'
  intids: number[]
}

export interface Member {
  vm: string
  slot: number
  mac: string
  /** It is a template: with one address, or with one for each VM's name, of which `mac` is that of the template's own. */
  template?: 'given' | 'named'
  vlan?: number
  open: boolean
}

export function planOf(
  { name, control, machine: { board, cores, gic, ramSize }, networks, vms }: System,
  guests: readonly Guest[],
): Plan {
  const assigned = assignCores({ board, cores, gic, ramSize }, vms)
  const owners = new Map(vms.flatMap((vm) => vm.passthrough.map((device) => [device, vm.name])))
  return {
    name,
    board: {
      name: board.name,
      title: board.title,
      cores,
      gic,
      ramSize,
      ram: board.ram.ranges(ramSize),
      uart: board.uart,
    },
    control,
    memory: [
      { owner: '', what: 'the bundle, with every image', size: bundleSize(guests) },
      ...guests.flatMap(({ vm, disks }) => [
        { owner: vm.name, what: 'RAM', size: vm.memory, ...(vm.trustedDma && { address: vm.ramBase }) },
        ...disks
          .map(diskRam)
          .flatMap((size, i) => (size ? [{ owner: vm.name, what: `disk ${i}, what is written`, size }] : [])),
      ]),
    ],
    devices: Object.entries(board.devices ?? {})
      .map(([name, { base, size, intids, dma }]) => {
        return { name, base, size, intids: [...intids], owner: owners.get(name) ?? '', dma: dma !== undefined }
      })
      .sort((a, b) => a.base - b.base),
    vms: guests.map((guest) => vmPlan(guest, assigned[guest.vm.index] ?? [], gic)),
    networks: networks.map((network) => ({
      ...network,
      members: vms.flatMap((vm) => membersOf(vm, network.name, name)),
    })),
    disks: guests.flatMap(({ vm, disks }) =>
      disks.map(({ size, pool, bytes }, index) => ({ vm: vm.name, index, size, pool, image: bytes !== undefined })),
    ),
  }
}

function vmPlan(guest: Guest, cores: number[], gic: number): VmPlan {
  const { vm, entry } = guest
  const { name, cpus, server, memory, bootargs, trustedDma, interrupts, virtio, life } = vm
  return {
    name,
    vcpus: cpus,
    cores,
    ...(server && {
      server: { priority: server.priority, budget: server.budget, period: server.period, spare: server.spare },
    }),
    memory,
    entry,
    ...(bootargs !== undefined && { bootargs }),
    trustedDma,
    ...(interrupts !== undefined && { interrupts }),
    map: regionsOf(guest, gic),
    virtio: virtio.map((device, slot) => ({ slot, type: device.virtio, options: optionsOf(device) })),
    life,
  }
}

/** README, "What a guest finds". */
function regionsOf({ vm, loads, board }: Guest, gic: number): Region[] {
  const device = (address: number, size: number, what: string, intids: number[] = []): Region => {
    return { address, size, what, kind: 'device', intids }
  }
  const regions = [
    device(machine.GICD_IPA, machine.GICD_SIZE, `GICv${gic} distributor`),
    gic === 2
      ? device(machine.GICC_IPA, machine.GICC_SIZE, 'GIC CPU interface')
      : device(machine.GICR_IPA, machine.GICR_STRIDE * vm.cpus, 'GIC redistributors'),
    ...(vm.devices.includes('uart')
      ? [device(machine.UART_IPA, machine.DEVICE_SIZE, 'PL011 UART', [machine.UART_INTID])]
      : []),
    ...(vm.devices.includes('rtc')
      ? [device(machine.RTC_IPA, machine.DEVICE_SIZE, 'PL031 clock', [machine.RTC_INTID])]
      : []),
    ...(vm.server ? [device(machine.STOLEN_IPA, machine.DEVICE_SIZE, 'stolen time')] : []),
    ...vm.virtio.map(({ virtio }, slot) =>
      device(machine.VIRTIO_IPA + slot * machine.VIRTIO_STRIDE, machine.VIRTIO_STRIDE, `virtio ${virtio}`, [
        machine.VIRTIO_INTID + slot,
      ]),
    ),
    ...board.map(({ name, device }): Region => {
      const { start, end } = pagesOf(device)
      return {
        address: start,
        size: end - start,
        what: `${name}, the board's own`,
        kind: 'board',
        intids: [...device.intids],
      }
    }),
    { address: vm.ramBase, size: vm.memory, what: 'RAM', kind: 'ram' as const, intids: [] },
    ...loads
      .filter((load) => load.gic === undefined || load.gic === gic)
      .map(({ part, address, size }): Region => ({ address, size, what: part, kind: 'image', intids: [] })),
  ]
  return regions.sort((a, b) => a.address - b.address || b.size - a.size)
}

/** Whatever the config says of a device, in words. */
function optionsOf(device: SlotDevice): Record<string, string> {
  const entries = Object.entries(device).filter(([key, value]) => key !== 'virtio' && value !== undefined)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'object' ? wordsOf(value) : String(value)]),
  )
}

function wordsOf(value: object): string {
  return Object.entries(value)
    .map(([key, each]) => `${key} ${each}`)
    .join(', ')
}

function membersOf(vm: Vm, network: string, system: string): Member[] {
  return vm.virtio.flatMap((device, slot) => {
    if (!isNet(device) || device.network !== network) return []
    const { mac = '', vlan, open = false } = device
    const own =
      vm.life.template && ({ template: namedPlace(device, vm, system) === undefined ? 'given' : 'named' } as const)
    return [{ vm: vm.name, slot, mac, ...own, ...(vlan !== undefined && { vlan }), open }]
  })
}
