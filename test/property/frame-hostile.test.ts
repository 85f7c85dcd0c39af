/**
 * Compartments that mean harm at their ports: whatever they ask of core, in whatever order, it writes to nothing but buffers that
 * are offered at that moment, and hands back each of those once at most. `npm run fuzz` goes on for ten million operations.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import { FakeNetwork, MACS } from '../fake/network.ts'
import { translate } from '../fake/stage2-walk.ts'

const OPERATIONS = Number(process.env.OPERATIONS ?? 200_000) / 10
const RUN = 500
const VMS = 3
const RAM_SIZE = 4 * MiB
const numbers = fc.uint32Array({ minLength: RUN, maxLength: RUN })
const DESTINATIONS = [...MACS, 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01', '52:00:00:00:00:77']

interface Buffers {
  base: number
  isOpen: boolean
  /** Pieces whose chain is not complete; complete chains by their heads. */
  staged: [at: number, size: number][]
  head: number
  offered: Map<number, [at: number, size: number][]>
}

/** Core's ports, and what each VM may expect of its own. */
class Watched {
  readonly net = new FakeNetwork([[{ offload: true }], [{ offload: true }], [{ offload: true }]])
  readonly vms: Buffers[] = Array.from({ length: VMS }, (_, vm) => ({
    base: translate(this.net.machine, vm, RAM)!.pa,
    isOpen: false,
    staged: [],
    head: 0,
    offered: new Map(),
  }))
  #head = 0

  constructor() {
    const { physical } = this.net.machine
    const write = physical.write.bind(physical)
    physical.write = (pa, bytes) => {
      if (this.isSending && !this.#isOffered(pa, bytes.length)) throw new Error(`a stray write to ${pa.toString(16)}`)
      write(pa, bytes)
      if (this.isSending) this.copies++
    }
  }

  isSending = false
  /** Times that a frame's bytes were copied. */
  copies = 0

  #isOffered(pa: number, size: number): boolean {
    return this.vms.some(({ base, offered }) =>
      [...offered.values()].some((pieces) =>
        pieces.some(([at, room]) => pa >= base + at && pa + size <= base + at + room),
      ),
    )
  }

  act(n: number): void {
    const vm = n % VMS
    const own = this.vms[vm]!
    const { core } = this.net.machine
    const low = n >>> 6
    const actions: (() => void)[] = [
      () =>
        this.#begin(own, () => (low & 15 ? this.net.open(vm, { isMergeable: (low & 2) !== 0 }) : this.net.close(vm))),
      () => this.#offer(vm, own, low),
      () => this.#offer(vm, own, low),
      () => this.#take(vm, own),
      () => void core.frameGather!(0, address(low), size(low)),
      () => this.#send(vm, low),
      () => this.#send(vm, low),
      () => void core.frameFlush!(0),
    ]
    this.net.as(vm, actions[(n >>> 2) & 7]!)
  }

  /** What is closed forgets; nobody opens twice. */
  #begin(own: Buffers, change: () => void): void {
    change()
    own.staged = []
    own.offered.clear()
  }

  #offer(vm: number, own: Buffers, n: number): void {
    const isLast = n & 3 ? 1 : 0
    const ipa = address(n)
    const length = size(n >>> 3)
    // All pieces of a chain have its head.
    if (!own.staged.length) this.#head = (this.#head + 1) & 0xffff
    own.head = own.staged.length ? own.head : this.#head
    const { head } = own
    if (!this.net.machine.core.frameOffer!(0, ipa, length, head, isLast)) {
      own.staged = []
      return
    }
    expect(Number(ipa) + length, `VM ${vm}`).toBeLessThanOrEqual(RAM + RAM_SIZE)
    own.staged.push([Number(ipa) - RAM, length])
    if (isLast) own.offered.set(head, own.staged.splice(0))
  }

  #take(vm: number, own: Buffers): void {
    for (const [head, written] of this.net.take(vm)) {
      const pieces = own.offered.get(head)
      if (!pieces) throw new Error(`VM ${vm} got ${head}, which it has not offered`)
      expect(written).toBeLessThanOrEqual(pieces.reduce((sum, [, room]) => sum + room, 0))
      own.offered.delete(head)
    }
  }

  #send(vm: number, n: number): void {
    const to = Buffer.from(DESTINATIONS[n % DESTINATIONS.length]!.replaceAll(':', ''), 'hex')
    // Seldom in another's name.
    const from = Buffer.from(MACS[n & 0x1800 ? vm : (n >>> 3) % 3]!.replaceAll(':', ''), 'hex')
    const ethernet = Buffer.concat([to, from, Buffer.from([n & 0x100 ? 0x81 : 8, 0, 0, 0])])
    const virtio = n & 0xc000 ? 0n : BigInt(n) * 0x1_0001_0001n
    const words = [BigInt.asUintN(64, virtio), n >>> 16, ethernet.readBigUInt64LE(0), ethernet.readBigUInt64LE(8)]
    this.isSending = true
    this.net.machine.core.frameSend!(0, address(n >>> 2), n & 0x600 ? (n >>> 9) % 1400 : size(n), ...words)
    this.isSending = false
  }
}

/** In RAM, about its ends, and where it wraps. */
function address(n: number): bigint {
  if (n & 0x1f0) return BigInt(RAM + ((n >>> 3) % (RAM_SIZE - 0x4000)))
  return [0n, BigInt(RAM) - 1n, BigInt(RAM + RAM_SIZE - 100), BigInt(RAM + RAM_SIZE), 2n ** 64n - 8n][n % 5]!
}

function size(n: number): number {
  return [n % 64, 1526, n % 2000, 60, 0x1_0000 + (n % 0x200), 0, 0xffff_ffff, n % 100][(n >>> 4) & 7]!
}

test('a hostile compartment reaches nothing but what is offered', () => {
  let copies = 0
  const property = fc.property(numbers, (list) => {
    const watched = new Watched()
    for (const n of list) watched.act(n)
    copies += watched.copies
  })
  fc.assert(property, { numRuns: Math.max(1, Math.ceil(OPERATIONS / RUN)) })
  expect(copies).toBeGreaterThan(100)
})
