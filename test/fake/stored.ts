/** VMs whose disks are on the board's storage, on core as it ships; the service that drives it is the test's. */
import {
  CAN_DISCARD,
  CAN_WRITE,
  CAN_ZERO,
  STORAGE_CONTROL,
  VOLUME_BUFFER,
  VOLUME_TICKETS,
} from '../../src/abi/storage.ts'
import { wide } from './board.ts'
import { bundle, type FakeVm, RAM } from './bundle.ts'
import { StubVmm } from './compartment.ts'
import { SLOT_STRIDE, SLOTS_PA } from './devices.ts'
import type { FakeVolumeNode } from './disk-node.ts'
import { Machine } from './machine.ts'
import { translate } from './stage2-walk.ts'
import type { Node } from './tree.ts'

const BLOCK = 2
const FIRST_INTID = 48
/** The slot that the disk stands in. */
export const SLOT = 31
const NONE = 0xffff_ffff

export interface FakePartition {
  start: number
  sectors: number
  name?: string
}

export interface StoredOptions {
  gic?: 2 | 3
  vms: Record<string, Omit<FakeVm, 'disks'> & { disks: Omit<FakeVolumeNode, 'storage'>[] }>
  partitions?: Record<number, FakePartition>
  capacity?: number
  abilities?: number
  /** Requests at once; 0: the device does not work. */
  depth?: number
  /** Device type and transport version in SLOT. */
  slot?: { type: number; version?: number } | null
  /** The bundle's node of the disk, if it is no virtio device; and what else stands in the machine's DTB. */
  storage?: Node
  bend?: (tree: Node) => void
}

export interface Submitted {
  ticket: number
  request: number
  sector: number
  count: number
}

export class StoredBoard {
  readonly machine: Machine
  /** What the service was given and has not said to be over. */
  readonly submitted: Submitted[] = []
  /** Before each call into the service; what it throws is the service's fault. */
  onCall: (name: string, ...values: (number | bigint)[]) => void = () => {}
  inits = 0

  constructor({
    gic = 3,
    vms,
    partitions = { 1: { start: 100, sectors: 1000, name: 'one' }, 2: { start: 1100, sectors: 500, name: 'two' } },
    capacity = 10_000,
    abilities = CAN_WRITE | CAN_DISCARD | CAN_ZERO,
    depth = 4,
    slot = { type: BLOCK },
    storage: other,
    bend,
  }: StoredOptions) {
    const stored = Object.entries(vms).map(([name, vm]): [string, FakeVm] => [
      name,
      { virtio: vm.disks.map(() => BLOCK), ...vm, disks: vm.disks.map((disk) => ({ storage: true, ...disk })) },
    ])
    const storage: Node = other ?? {
      driver: [1],
      reg: [...wide(SLOTS_PA), ...wide(0x4000)],
      interrupts: [FIRST_INTID, 1],
      virtio: [BLOCK],
      stride: [SLOT_STRIDE],
      'dma-coherent': true,
    }
    const initrd = bundle({ vms: Object.fromEntries(stored), storage })
    this.machine = new Machine({ gic, vmm: (machine) => new StubVmm(machine), initrd, ...(bend && { bend }) })
    if (slot) this.machine.devices.slots.set(SLOT, slot)
    let wanted = ''
    const service: Record<string, (...values: never[]) => number | bigint> = {
      init: () => {
        this.inits++
        this.source.line = false
        this.submitted.length = 0
        return depth
      },
      capacity: () => BigInt(capacity),
      abilities: () => abilities,
      readTable: () => Object.keys(partitions).length,
      partitionStart: (number: number) => BigInt(partitions[number]?.start ?? 0),
      partitionSize: (number: number) => BigInt(partitions[number]?.sectors ?? 0),
      partitionName: (number: number, i: number) => partitions[number]?.name?.charCodeAt(i) || 0,
      setName: (i: number, ch: number) => {
        wanted = (i ? wanted : '') + (ch ? String.fromCharCode(ch) : '')
        return 0
      },
      findNamed: () => Number(Object.entries(partitions).find(([, { name }]) => name === wanted)?.[0] ?? 0),
      submit: (what: number, sector: bigint, count: number) => {
        this.submitted.push({ ticket: what & 0xffff, request: what >>> 16, sector: Number(sector), count })
        return 0
      },
      interrupt: () => {
        this.source.line = false
        for (const { ticket, isDone } of this.#over.splice(0)) this.machine.core.requestDone!(ticket, isDone ? 1 : 0)
        return 0
      },
    }
    this.machine.joint.storage = new Proxy(service, {
      get:
        (all, name: string) =>
        (...values: never[]) => {
          this.onCall(name, ...values)
          return all[name]!(...values)
        },
    }) as never
    this.machine.boot()
    for (const vmm of this.machine.joint.vmms) (vmm as StubVmm | undefined)?.fresh()
  }

  readonly #over: { ticket: number; isDone: boolean }[] = []

  get lines(): string[] {
    return this.machine.lines
  }

  vmm(vm: number): StubVmm {
    return this.machine.joint.vmms[vm] as StubVmm
  }

  /** A call of VM `vm`'s compartment, on its CPU. */
  ask(vm: number, name: string, ...values: (number | bigint)[]): number {
    const { current } = this.machine
    this.machine.current = vm
    try {
      return Number(BigInt.asUintN(32, BigInt(this.machine.core[name]!(...values) ?? 0)))
    } finally {
      this.machine.current = current
    }
  }

  /** A claimed request's number; undefined if there is none. */
  claim(vm: number, disk = 0): number | undefined {
    const ticket = this.ask(vm, 'volumeClaim', disk)
    return ticket === NONE ? undefined : ticket
  }

  /** Claims and submits; the request's number. */
  submit(vm: number, request: number, sector: number, count = 1, disk = 0): number | undefined {
    const ticket = this.claim(vm, disk)
    if (ticket === undefined) return undefined
    return this.ask(vm, 'volumeSubmit', disk, ticket, request, BigInt(sector), count) ? ticket : undefined
  }

  /** Requests of VM `vm` that are over. */
  take(vm: number, disk = 0): [ticket: number, isDone: boolean][] {
    const found: [number, boolean][] = []
    for (let taken = this.ask(vm, 'volumeTake', disk); taken !== NONE; taken = this.ask(vm, 'volumeTake', disk)) {
      found.push([taken & 0xff, (taken & (1 << 30)) !== 0])
      this.ask(vm, 'volumeRelease', disk, taken & 0xff)
    }
    return found
  }

  /** The device is done with what it was given, by the places in `submitted`, and interrupts. */
  finish(which: readonly number[] = [0], isDone = true): void {
    for (const i of which) this.#over.push({ ticket: this.submitted[i]!.ticket, isDone })
    const gone = new Set(which.map((i) => this.submitted[i]))
    const left = this.submitted.filter((each) => !gone.has(each))
    this.submitted.splice(0, this.submitted.length, ...left)
    this.interrupt()
  }

  interrupt(): void {
    this.source.line = true
    this.machine.pump()
  }

  get source() {
    return this.machine.gic.source(0, FIRST_INTID + SLOT)
  }

  ram(vm: number, at: number): number {
    return translate(this.machine, vm, RAM + at)!.pa
  }

  /** Where the buffer of a request stands; `volume` counts over all VMs. */
  buffer(volume: number, ticket: number): number {
    return this.dma + STORAGE_CONTROL + (volume * VOLUME_TICKETS + ticket) * VOLUME_BUFFER
  }

  get dma(): number {
    this.machine.current = 0
    return Number(BigInt.asUintN(64, BigInt(this.machine.core.dmaAddress!() ?? 0)))
  }
}
