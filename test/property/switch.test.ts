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

/** A port that goes, or comes with an address that none of the others has. */
const change = fc.record({ at: fc.nat(PORTS - 1), next: port, isGoing: fc.boolean() })

class Model {
  readonly #learnt = new Map<string, number>()

  constructor(private readonly ports: (SwitchPort | undefined)[]) {}

  change(at: number, next: SwitchPort | undefined): void {
    this.ports[at] = next
    for (const [key, port] of this.#learnt) if (port === at) this.#learnt.delete(key)
  }

  forward(index: number, to: string, from: string): number[] {
    const port = this.ports[index]
    if (!port) return []
    const peers = [...this.ports.keys()].filter((i) => i !== index && this.#domain(i) === this.#domain(index))
    const owner = (address: string) => [index, ...peers].find((i) => this.ports[i]?.mac === address)
    if (from !== port.mac) {
      if (!port.isOpen || owner(from) !== undefined) return []
      this.#learnt.set(`${this.#domain(index)} ${from}`, index)
    }
    if (to === ALL) return peers
    // Who is learnt and then comes is found by its own port.
    const known = owner(to) ?? this.#learnt.get(`${this.#domain(index)} ${to}`)
    return peers.filter((i) => (known === undefined ? this.ports[i]!.isOpen : i === known))
  }

  #domain(i: number): string {
    const port = this.ports[i]
    return port ? `${port.network} ${port.vlan}` : ''
  }
}

test('frames go where the model says, whoever comes and goes', () => {
  const steps = fc.array(fc.oneof({ weight: 9, arbitrary: frame }, change), { maxLength: 80 })
  const property = fc.property(ports, steps, (list, all) => {
    const net = new FakeSwitch(list)
    const model = new Model([...list])
    for (const step of all) {
      if ('at' in step) {
        const next = step.isGoing ? undefined : { ...step.next, mac: mac(step.at) }
        net.remove(step.at)
        if (next) net.add(step.at, next)
        model.change(step.at, next)
        continue
      }
      const { port, to, from, isForged } = step
      const source = isForged ? mac(from) : mac(port)
      net.wait(0.01)
      expect(net.forward(port, { to, from: source })).toEqual(model.forward(port, to, source))
    }
  })
  fc.assert(property, { numRuns: 200 })
})
