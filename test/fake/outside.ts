/** VMs in a network with an uplink, on core as it ships; the service that drives the card is the test's. */
import { EXTENSION_BOARD, EXTENSION_UPLINK } from '../../src/abi/extension.ts'
import { SERVICE_SLOT, SLOT_SHIFT, WINDOW_DMA } from '../../src/abi/layout.ts'
import { UPLINK_BUFFER, UPLINK_CONTROL, UPLINK_RECEIVE, UPLINK_TRANSMIT_AT } from '../../src/abi/uplink.ts'
import { MiB, wide } from './board.ts'
import type { FakePlace } from './bundle.ts'
import { portCells } from './bundle-port.ts'
import { extension } from './extension.ts'
import type { Machine } from './machine.ts'
import { FakeNetwork, HEADER } from './network.ts'
import { bytesOf } from './switch.ts'

const SLOTS = 0x0a00_0000
const STRIDE = 0x200
const SLOT_COUNT = 32
/** Which of them the card is in. */
const SLOT = 31
const FIRST_INTID = 48
const INTID = FIRST_INTID + SLOT
const MAGIC = 0x7472_6976
const NETWORK = 1
const UPLINK_SLOT = SERVICE_SLOT + 3
const NOBODY = 0xffff_ffff
export const CARD = '52:00:00:00:00:ff'

export interface OutsideOptions {
  share?: number
  vlan?: number
  /** Of the card's slot: what it is, and the version of its registers; 0: nothing. */
  type?: number
  version?: number
  /** It begins. */
  works?: boolean
  templates?: FakePlace[][]
}

/** What the card does, as the test wants it. */
export class CardState {
  /** Frames that it has received and core has not fetched. */
  readonly incoming: Buffer[] = []
  /** Frames that went to it, header and all; buffers that it has not sent yet. */
  readonly sent: Buffer[] = []
  readonly waiting: number[] = []
  /** Whether it sends what it gets at once. */
  isFast = true
  /** Ticks that fetching one frame takes. */
  cost = 0n
  /** What the service says instead of a frame's place. */
  lie: bigint | undefined
  /** Before each call into the service; what it throws is the service's fault. */
  onCall: (name: string) => void = () => {}
}

export class FakeOutside extends FakeNetwork {
  readonly card: CardState

  constructor(
    vms: Partial<FakePlace>[][],
    { share = 30, vlan = 0, type = NETWORK, version = 2, works = true, templates = [] }: OutsideOptions = {},
  ) {
    const card = new CardState()
    const { incoming, sent, waiting } = card
    const done: number[] = []
    let next = 0
    super(vms, {
      templates,
      bundle: {
        extensions: { board: extension(EXTENSION_BOARD), uplink: extension(EXTENSION_UPLINK) },
        bend: (tree) => {
          tree.bulkhead.uplink = {
            reg: [...wide(SLOTS), ...wide(SLOT_COUNT * STRIDE)],
            interrupts: [FIRST_INTID, 1],
            virtio: [NETWORK],
            stride: [STRIDE],
            'dma-coherent': true,
            port: portCells({ mac: CARD, isOpen: true, vlan }),
            share: [share],
          }
        },
      },
      prepare: (machine) => {
        const { devices } = machine
        const read = devices.read.bind(devices)
        const registers: Record<number, number> = { 0: MAGIC, 4: version }
        devices.read = (pa) => {
          if (pa < SLOTS || pa >= SLOTS + SLOT_COUNT * STRIDE) return read(pa)
          const isCard = Math.floor((pa - SLOTS) / STRIDE) === SLOT
          return pa % STRIDE === 8 ? (isCard ? type : 0) : (registers[pa % STRIDE] ?? 0)
        }
        const service: Record<string, (...values: number[]) => number | bigint> = {
          init: () => {
            incoming.length = waiting.length = done.length = 0
            return works ? 1 : 0
          },
          interrupt: () => {
            machine.gic.source(0, INTID).line = false
            return 0
          },
          receive: () => {
            machine.now += card.cost
            if (card.lie !== undefined) return card.lie
            const frame = incoming.shift()
            if (!frame) return -1n
            const at = UPLINK_CONTROL + (next++ % UPLINK_RECEIVE) * UPLINK_BUFFER + HEADER
            machine.physical.write(shared(machine, at), frame)
            return (BigInt(frame.length) << 32n) | BigInt(at)
          },
          refill: () => 0,
          transmit: (i, size) => {
            sent.push(machine.physical.read(shared(machine, UPLINK_TRANSMIT_AT + i! * UPLINK_BUFFER), size!))
            waiting.push(i!)
            return 0
          },
          send: () => {
            if (card.isFast) done.push(...waiting.splice(0))
            return 0
          },
          reclaim: () => done.shift() ?? NOBODY,
        }
        machine.joint.uplink = new Proxy(service, {
          get:
            (all, name: string) =>
            (...values: number[]) => {
              card.onCall(name)
              return all[name]!(...values)
            },
        }) as never
      },
    })
    this.card = card
  }

  get source() {
    return this.machine.gic.source(0, INTID)
  }

  set line(isHigh: boolean) {
    this.source.line = isHigh
  }

  /** Frames come; the card interrupts for them. */
  arrive(...frames: Buffer[]): void {
    this.card.incoming.push(...frames)
    this.line = true
    this.machine.pump()
  }
}

/** Physical address of a byte of the memory that service, card and core share. */
function shared(machine: Machine, at: number): number {
  return machine.mmu.translate(UPLINK_SLOT * 2 ** SLOT_SHIFT + WINDOW_DMA + at, 'read')
}

export const payload = (length: number, first = 0) =>
  Buffer.from(Array.from({ length }, (_, i) => (first + i * 7) & 0xff))
export const ethernet = (to: string, from: string, bytes: Buffer, type = 0x0800) =>
  Buffer.concat([Buffer.from([...bytesOf(to), ...bytesOf(from), type >> 8, type & 0xff]), bytes])

/** Two VMs, each of which has offered eight buffers. */
export function outsidePair(options: OutsideOptions = {}, places = [{}, {}]): FakeOutside {
  const net = new FakeOutside(
    places.map((place) => [place]),
    options,
  )
  for (const vm of [0, 1]) {
    net.open(vm)
    for (let i = 0; i < 8; i++) net.offer(vm, i, MiB + i * 2048, [2048])
  }
  return net
}

export function got(net: FakeOutside, vm: number): Buffer[] {
  return net.take(vm).map(([head, written]) => net.read(vm, MiB + head * 2048, written).subarray(HEADER))
}
