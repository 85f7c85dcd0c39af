/** VMs with network devices on core as it ships: what their compartments ask of it, each on a CPU of its own. */
import { MiB } from './board.ts'
import { type BundleOptions, bundle, type FakeVm, RAM } from './bundle.ts'
import type { FakePlace } from './bundle-port.ts'
import { StubVmm } from './compartment.ts'
import { needed } from './extension.ts'
import { Machine } from './machine.ts'
import { translate } from './stage2-walk.ts'
import { bytesOf } from './switch.ts'

const NETWORK = 1
/** virtio_net_hdr. */
export const HEADER = 12

/** The system's name, which addresses of templates' VMs follow from. */
export const SYSTEM = 'boat'

export const MACS = ['52:00:00:00:00:01', '52:00:00:00:00:02', '52:00:00:00:00:03']

export interface Sent {
  to: string
  from: string
  payload: Uint8Array
  /** virtio_net_hdr's first ten bytes. */
  header?: Uint8Array
  /** Where in the sender's RAM the payload lies, in pieces of these sizes. */
  at?: number
  cuts?: number[]
  /** Its compartment does not say that it has sent. */
  isSilent?: boolean
}

export interface NetworkMore {
  restart?: number
  /** A template for each list of places, of VMs on the CPUs behind those of the others, one each. */
  templates?: FakePlace[][]
  /** Of the bundle. */
  bundle?: Pick<BundleOptions, 'extensions' | 'bend'>
  /** Before it boots. */
  prepare?: (machine: Machine) => void
}

export class FakeNetwork {
  readonly machine: Machine

  /** A VM for each list of places, VM i on CPU i. */
  constructor(vms: Partial<FakePlace>[][], { restart, templates = [], bundle: own = {}, prepare }: NetworkMore = {}) {
    const made = vms.map((places, i): [string, FakeVm] => [
      `vm${i}`,
      {
        cores: [i],
        virtio: places.map(() => NETWORK),
        ports: places.map((place) => ({ mac: MACS[i]!, ...place })),
        ...(restart !== undefined && { restart }),
      },
    ])
    const madeLater = templates.map((ports, i): [string, FakeVm] => [
      `template${i}`,
      { cores: [vms.length + i], virtio: ports.map(() => NETWORK), ports, template: true, system: SYSTEM },
    ])
    const all = Object.fromEntries([...made, ...madeLater])
    const isSteered = templates.length > 0
    const initrd = bundle({ vms: all, ...own, extensions: { ...needed(all, isSteered), ...own.extensions } })
    this.machine = new Machine({ vmm: (machine) => new StubVmm(machine), initrd })
    prepare?.(this.machine)
    this.machine.boot()
    this.vmm(0).fresh()
  }

  vmm(vm: number): StubVmm {
    return this.machine.joint.vmms[vm] as StubVmm
  }

  /** As VM `vm`'s compartment, on its CPU. */
  as<T>(vm: number, act: () => T): T {
    const { current } = this.machine
    this.machine.current = vm
    try {
      return act()
    } finally {
      this.machine.current = current
    }
  }

  open(vm: number, { isMergeable = true, index = 0 } = {}): void {
    this.as(vm, () => this.machine.core.portOpen!(index, isMergeable ? 1 : 0))
  }

  close(vm: number, index = 0): void {
    this.as(vm, () => this.machine.core.portClose!(index))
  }

  /** Offers a buffer of pieces, from `at` bytes of RAM on; whether each was taken. */
  offer(vm: number, head: number, at: number, sizes: readonly number[], index = 0): boolean[] {
    let ipa = RAM + at
    return this.as(vm, () =>
      sizes.map((size, i) => {
        const isLast = i === sizes.length - 1 ? 1 : 0
        const isTaken = this.machine.core.frameOffer!(index, BigInt(ipa), size, head, isLast) !== 0
        ipa += size
        return isTaken
      }),
    )
  }

  room(vm: number): number {
    return Number(this.as(vm, () => this.machine.core.frameRoom!(0)))
  }

  write(vm: number, at: number, bytes: Uint8Array): void {
    this.machine.physical.write(this.#pa(vm, at), bytes)
  }

  read(vm: number, at: number, size: number): Buffer {
    return this.machine.physical.read(this.#pa(vm, at), size)
  }

  /** Sends a frame, and tells who got it; bytes that it cost. */
  send(
    vm: number,
    { to, from, payload, header = Buffer.alloc(10), at = 2 * MiB, cuts = [], isSilent = false }: Sent,
    index = 0,
  ): number {
    const { core } = this.machine
    this.write(vm, at, payload)
    const ethernet = Buffer.from([...bytesOf(to), ...bytesOf(from), 8, 0, 0, 0])
    const heads = Buffer.from(header)
    return this.as(vm, () => {
      let done = 0
      for (const size of cuts) {
        if (size) core.frameGather!(index, BigInt(RAM + at + done), size)
        done += size
      }
      const last = [BigInt(RAM + at + done), payload.length - done] as const
      const words = [heads.readBigUInt64LE(0), heads.readUInt16LE(8)]
      const cost = core.frameSend!(index, ...last, ...words, ethernet.readBigUInt64LE(0), ethernet.readBigUInt64LE(8))
      if (!isSilent) core.frameFlush!(index)
      return Number(cost)
    })
  }

  /** What came for VM `vm` since the last look: heads of buffers, and bytes in each. */
  take(vm: number, index = 0): [head: number, written: number][] {
    return this.as(vm, () => {
      const found: [number, number][] = []
      for (;;) {
        const next = BigInt.asUintN(64, BigInt(this.machine.core.frameTake!(index)))
        if (next === 2n ** 64n - 1n) return found
        found.push([Number(next & 0xffff_ffffn), Number(next >> 32n)])
      }
    })
  }

  #pa(vm: number, at: number): number {
    return translate(this.machine, vm, RAM + at)!.pa
  }
}
