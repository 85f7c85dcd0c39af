/** The switch as it ships, by itself: ports of networks, frames by their addresses, and a clock that the test moves. */
import { refuse, shipped } from './shipped.ts'

/** Ticks a second. */
export const FREQUENCY = 1_000_000

export interface SwitchPort {
  mac: string
  network?: number
  vlan?: number
  isOpen?: boolean
}

export interface Frame {
  to: string
  from: string
  type?: number
}

export class FakeSwitch {
  now = 1_000n
  readonly #call = instance(() => this.now)

  constructor(ports: readonly SwitchPort[]) {
    this.#call.init(BigInt(FREQUENCY))
    for (const [i, port] of ports.entries()) this.add(i, port)
  }

  add(index: number, { mac, network = 0, vlan = 0, isOpen = false }: SwitchPort): void {
    const place = (BigInt(network) << 32n) | BigInt(vlan * 2 ** 16 + (isOpen ? 1 : 0))
    this.#call.addPort(index, word([...bytesOf(mac), 0, 0]), place)
  }

  remove(index: number): void {
    this.#call.removePort(index)
  }

  /** The ports that get the frame, in order. */
  forward(port: number, { to, from, type = 0x0800 }: Frame): number[] {
    const bytes = [...bytesOf(to), ...bytesOf(from), type >> 8, type & 0xff, 0, 0]
    const ports = Number(this.#call.forward(port, word(bytes.slice(0, 8)), word(bytes.slice(8))))
    return Array.from({ length: 32 }, (_, i) => i).filter((i) => (ports >>> i) & 1)
  }

  wait(seconds: number): void {
    this.now += BigInt(Math.round(seconds * FREQUENCY))
  }
}

export function bytesOf(mac: string): number[] {
  return mac.split(':').map((byte) => Number.parseInt(byte, 16))
}

function word(bytes: readonly number[]): bigint {
  return Buffer.from(bytes).readBigUInt64LE()
}

export interface SwitchExports {
  init(frequency: bigint): void
  addPort(port: number, mac: bigint, place: bigint): void
  removePort(port: number): void
  forward(port: number, head: bigint, rest: bigint): number
}

function instance(ticks: () => bigint): SwitchExports {
  const env = { abort: refuse('abort'), fuel: refuse('out of fuel') }
  const { exports } = new WebAssembly.Instance(shipped('wasm/net'), { core: { ticks }, env })
  return exports as unknown as SwitchExports
}
