/** The switch against a plain model of it, which knows every address for ever; and what never happens whatever is sent. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FakeSwitch, type SwitchPort } from '../fake/switch.ts'

const mac = (i: number) => `52:00:00:00:00:${i.toString(16).padStart(2, '0')}`
const ALL = 'ff:ff:ff:ff:ff:ff'
const PORTS = 8
/** Addresses behind ports: some are a port's own. */
const ADDRESSES = 14

const port = fc.record({ network: fc.nat(1), vlan: fc.constantFrom(0, 0, 7), isOpen: fc.boolean() })
const ports = fc
  .array(port, { minLength: 2, maxLength: PORTS })
  .map((list): SwitchPort[] => list.map((each, i) => ({ ...each, mac: mac(i) })))
const frame = fc.record({
  port: fc.nat(PORTS - 1),
  to: fc.oneof(fc.nat(ADDRESSES - 1).map(mac), fc.constant(ALL)),
  from: fc.nat(ADDRESSES - 1),
  /** Most often the port's own address. */
  isForged: fc.boolean(),
})

class Model {
  readonly #learnt = new Map<string, number>()

  constructor(private readonly ports: readonly SwitchPort[]) {}

  forward(index: number, to: string, from: string): number[] {
    const port = this.ports[index]
    if (!port) return []
    const peers = this.ports.map((_, i) => i).filter((i) => i !== index && this.#domain(i) === this.#domain(index))
    const owner = (address: string) => [index, ...peers].find((i) => this.ports[i]!.mac === address)
    if (from !== port.mac) {
      if (!port.isOpen || owner(from) !== undefined) return []
      this.#learnt.set(`${this.#domain(index)} ${from}`, index)
    }
    if (to === ALL) return peers
    const known = owner(to) ?? this.#learnt.get(`${this.#domain(index)} ${to}`)
    return peers.filter((i) => (known === undefined ? this.ports[i]!.isOpen : i === known))
  }

  #domain(i: number): string {
    const { network, vlan } = this.ports[i]!
    return `${network} ${vlan}`
  }
}

test('frames go where the model says', () => {
  const property = fc.property(ports, fc.array(frame, { maxLength: 60 }), (list, frames) => {
    const net = new FakeSwitch(list)
    const model = new Model(list)
    for (const { port, to, from, isForged } of frames) {
      const source = isForged ? mac(from) : mac(port)
      net.wait(0.01)
      expect(net.forward(port, { to, from: source })).toEqual(model.forward(port, to, source))
    }
  })
  fc.assert(property, { numRuns: 200 })
})
