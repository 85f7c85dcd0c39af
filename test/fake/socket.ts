/** VMs with socket devices on core as it ships, VM i on CPU i with CID 3 + i: what their compartments ask of it. */
import { ON_CRASH } from './asking.ts'
import { MiB } from './board.ts'
import { RAM } from './bundle.ts'
import type { StubVmm } from './compartment.ts'
import { MILLISECOND } from './control.ts'
import type { Machine } from './machine.ts'
import { OP, type Packet, packetBytes, packetOf } from './packet.ts'
import { translate } from './stage2-walk.ts'
import { started } from './started.ts'

const SOCKET = 19
const BUFFERS = MiB
const PAYLOAD = 2 * MiB
const NOTHING = 2n ** 64n - 1n

export const [A, B, C] = [0, 1, 2] as const
export const SECOND = 1000n * MILLISECOND
/** A buffer that every packet of these tests fits into. */
export const BIG = 0x8000

/** A packet of the connection from port 1000 of one VM to port 7 of another, and one of the other direction. */
export const packet = (from: number, to: number, op: number, more: Partial<Packet> = {}): Packet => ({
  from: 3 + from,
  to: 3 + to,
  fromPort: 1000,
  toPort: 7,
  op,
  ...more,
})
export const back = (from: number, to: number, op: number, more: Partial<Packet> = {}): Packet =>
  packet(from, to, op, { fromPort: 7, toPort: 1000, ...more })

export const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 13 + (i >> 8)) & 0xff))

/** So many VMs, all joined with each other; each has buffers, and A is connected with B. */
export function joined(count: number): FakeSockets {
  const all = (1 << count) - 1
  const net = new FakeSockets(
    Array.from({ length: count }, (_, vm) => all & ~(1 << vm)),
    { restart: ON_CRASH },
  )
  for (let vm = 0; vm < count; vm++) net.open(vm, [BIG, BIG, BIG, BIG])
  net.connect(A, B)
  return net
}

export type Fate = 'sent' | 'held' | 'over'

export class FakeSockets {
  readonly machine: Machine
  readonly #buffers: [at: number, size: number][][] = []

  /** A bitmap of peers for each VM. */
  constructor(peers: number[], more: { restart?: number } = {}) {
    const vms = peers.map((bits, i) => [
      `vm${i}`,
      { cores: [i], virtio: [SOCKET], ports: [{ cid: 3 + i, peers: bits }], ...more },
    ])
    this.machine = started({ vms: Object.fromEntries(vms) }).machine
    for (let i = 0; i < peers.length; i++) this.#buffers.push([])
  }

  vmm(vm: number): StubVmm {
    return this.machine.joint.vmms[vm] as StubVmm
  }

  as<T>(vm: number, act: () => T): T {
    const { current } = this.machine
    this.machine.current = vm
    try {
      return act()
    } finally {
      this.machine.current = current
    }
  }

  open(vm: number, buffers: number[] = []): this {
    this.as(vm, () => this.machine.core.portOpen!(0, 0))
    this.#buffers[vm] = []
    return this.offer(vm, buffers)
  }

  connect(from: number, to: number): void {
    this.send(from, packet(from, to, OP.request))
    this.send(to, back(to, from, OP.response))
    this.take(from)
    this.take(to)
  }

  close(vm: number): void {
    this.as(vm, () => this.machine.core.portClose!(0))
  }

  /** Buffers of these sizes, and whoever waits for some is told. */
  offer(vm: number, sizes: number[]): this {
    for (const size of sizes) {
      const head = this.#buffers[vm]!.length
      const at = BUFFERS + (head % 8) * 0x1_0000
      this.#buffers[vm]!.push([at, size])
      this.as(vm, () => this.machine.core.frameOffer!(0, BigInt(RAM + at), size, head, 1))
    }
    this.as(vm, () => this.machine.core.frameFlush!(0))
    return this
  }

  /** Sends a packet of VM `vm`'s, whose payload lies in pieces of these sizes, and tells who got it. */
  send(vm: number, packet: Omit<Packet, 'from'>, cuts: number[] = []): { fate: Fate; done: number } {
    const { core } = this.machine
    const bytes = packetBytes({ from: 3 + vm, ...packet })
    const payload = bytes.subarray(44)
    this.machine.physical.write(translate(this.machine, vm, RAM + PAYLOAD)!.pa, payload)
    return this.as(vm, () => {
      let at = 0
      for (const size of [...cuts, payload.length]) {
        const part = Math.min(size, payload.length - at)
        if (part) core.frameGather!(0, BigInt(RAM + PAYLOAD + at), part)
        at += part
      }
      const words = [8, 16, 24, 32].map((offset) => bytes.readBigUInt64LE(offset))
      const result = BigInt(core.packetSend!(0, ...words, bytes.readUInt32LE(40)))
      core.frameFlush!(0)
      const fate = (['sent', 'held', 'over'] as const)[Number((result >> 32n) & 3n)]!
      return { fate, done: Number(result & 0xffff_ffffn) }
    })
  }

  /** Brings resets that wait for VM `vm`; whether there are more. */
  resets(vm: number): boolean {
    return this.as(vm, () => Number(this.machine.core.packetResets!(0)) !== 0)
  }

  /** Packets that came for VM `vm` since the last look; undefined for a buffer that was too small. */
  take(vm: number): (Packet | undefined)[] {
    return this.as(vm, () => {
      const found: (Packet | undefined)[] = []
      for (;;) {
        const next = BigInt.asUintN(64, BigInt(this.machine.core.frameTake!(0)))
        if (next === NOTHING) return found
        const [at] = this.#buffers[vm]![Number(next & 0xffff_ffffn)]!
        const written = Number(next >> 32n)
        const bytes = this.machine.physical.read(translate(this.machine, vm, RAM + at)!.pa, written)
        found.push(written ? packetOf(Buffer.from(bytes)) : undefined)
      }
    })
  }

  /** Whether VM `vm`'s compartment was told since the last look that something came, or has room. */
  wasTold(vm: number): boolean {
    this.machine.pump()
    return this.vmm(vm)
      .fresh()
      .some(([name]) => name === 'frames')
  }
}
