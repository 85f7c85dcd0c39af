/**
 * VMs of run time that come and go in two networks while everybody sends, CPUs pass by late and the switch fails: a frame is counted by
 * whoever has its address at that moment and nobody else, and in the end every port is free again.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import {
  CONTROL_DESTROY,
  CONTROL_DONE,
  CONTROL_START,
  CONTROL_STOP,
  FIGURE_RECEIVED_FRAMES,
  STATE_ABSENT,
} from '../../src/abi/life.ts'
import { derivedMac } from '../../tool/config/network.ts'
import { RUNNING, state } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import { trap } from '../fake/compartment.ts'
import { KEEPER, request } from '../fake/control.ts'
import { make } from '../fake/made.ts'
import { FakeNetwork, MACS, SYSTEM } from '../fake/network.ts'

const [A, B] = MACS as [string, string]
/** Of templates 0 and 1, on CPUs 1 and 2: a port in network 0, and in network 1. */
const NAMES = ['one', 'two', 'three']
const PLACES = [
  { mac: A, named: 0 },
  { mac: B, network: 1, named: 1 },
]
const payload = Buffer.alloc(60, 0x61)
const RUNS = Number(process.env.OPERATIONS ?? 200_000) / 4_000

/** What is true of the VM on CPU 1 or 2. */
interface Guest {
  vm: number
  name: string
  /** Its drivers are up: frames arrive. */
  isUp: boolean
  received: number
}

class Watched {
  readonly net = new FakeNetwork([[{ mac: A }, { mac: B, network: 1 }]], { templates: [PLACES, PLACES] })
  readonly guests: (Guest | undefined)[] = [undefined, undefined]
  /** CPUs that have interrupts to take, and wait with it. */
  #isLate = false
  #switchFails = false

  constructor() {
    this.net.machine.joint.breakNet = () => {
      if (!this.#switchFails) return
      this.#switchFails = false
      trap(TRAP_UNREACHABLE)()
    }
  }

  act(what: number, which: number, n: number): void {
    const guest = this.guests[which]
    const actions = [
      () => this.#make(which, n),
      () => guest && this.#end(guest, which, n),
      () => guest && this.#restart(guest, which),
      () => this.#send(n),
      () => this.#send(n),
      () => this.#send(n),
      () => {
        this.#switchFails = n % 4 === 0
      },
      () => this.settle(),
    ]
    actions[what]!()
    this.#check()
  }

  /** Every CPU has passed by. */
  settle(): void {
    this.#isLate = false
    this.net.machine.interrupt(KEEPER)
    this.net.machine.pump()
    this.#switchFails = false
  }

  #make(which: number, n: number): void {
    if (this.guests[which] || this.#isLate) return
    const name = NAMES[n % NAMES.length]!
    const isTaken = this.guests.some((other) => other?.name === name)
    const { code, vm } = make(this.net.machine, 1 + which, name)
    expect(code === CONTROL_DONE).toBe(!isTaken)
    if (code !== CONTROL_DONE) return
    this.guests[which] = { vm, name, isUp: false, received: 0 }
    this.#open(which)
  }

  #open(which: number): void {
    const { core } = this.net.machine
    this.net.as(1 + which, () => {
      for (const index of [0, 1]) {
        core.portOpen!(index, 1)
        for (let i = 0; i < 100; i++) core.frameOffer!(index, BigInt(RAM + MiB + i * 2048), 2048, i, 1)
      }
    })
    this.guests[which]!.isUp = true
  }

  /** It is unmade; CPUs whose bit is set in `n` pass by at once, the others when they next look. */
  #end(guest: Guest, which: number, n: number): void {
    const { machine } = this.net
    request(machine, CONTROL_STOP, guest.vm)
    machine.interrupt(1 + which)
    guest.isUp = false
    if (request(machine, CONTROL_DESTROY, guest.vm) !== CONTROL_DONE) throw new Error('it does not rest')
    for (let cpu = 0; cpu < 4; cpu++) if ((n >> cpu) & 1) machine.interrupt(cpu)
    this.guests[which] = undefined
    this.#isLate = true
  }

  #restart(guest: Guest, which: number): void {
    if (this.#isLate) return
    const { machine } = this.net
    request(machine, CONTROL_STOP, guest.vm)
    machine.pump()
    request(machine, CONTROL_START, guest.vm)
    machine.pump()
    expect(state(machine, guest.vm)).toBe(RUNNING)
    this.#open(which)
  }

  /** From the VM of the config, or one of the others, to whoever has, or had, an address. */
  #send(n: number): void {
    const from = n % 3
    const guest = from ? this.guests[from - 1] : undefined
    if (from && !guest) return
    const index = (n >> 2) & 1
    const name = NAMES[(n >> 3) % NAMES.length]!
    const isKnown = !this.#switchFails
    const source = guest ? derivedMac(SYSTEM, guest.name, index) : [A, B][index]!
    const to = derivedMac(SYSTEM, name, index)
    this.net.as(from, () => frame(this.net, index, to, source))
    const receiver = this.guests.find((other) => other?.name === name)
    if (!receiver || receiver === guest || !receiver.isUp) return
    // A switch that fails loses that frame, unless it was not asked.
    if (isKnown) receiver.received++
    else receiver.received = this.#count(receiver)
  }

  #count({ vm }: Guest): number {
    return Number(this.net.machine.core.vmFigure!(vm, FIGURE_RECEIVED_FRAMES))
  }

  #check(): void {
    for (const guest of this.guests) if (guest) expect(this.#count(guest), guest.name).toBe(guest.received)
  }
}

/** Sends, as the compartment of the VM whose CPU is current. */
function frame(net: FakeNetwork, index: number, to: string, from: string): void {
  const ethernet = Buffer.from(`${to}${from}`.replaceAll(':', '').concat('08000000'), 'hex')
  const words = [0n, 0, ethernet.readBigUInt64LE(0), ethernet.readBigUInt64LE(8)] as const
  net.machine.core.frameSend!(index, BigInt(RAM + 2 * MiB), payload.length, ...words)
  net.machine.core.frameFlush!(index)
}

test('whoever comes and goes, frames arrive where they are meant to and nowhere else', () => {
  const steps = fc.array(fc.tuple(fc.nat(7), fc.nat(1), fc.nat(0xffff)), { minLength: 100, maxLength: 250 })
  const property = fc.property(steps, (list) => {
    const watched = new Watched()
    for (const [what, which, n] of list) watched.act(what, which, n)
    watched.settle()
    for (const which of [0, 1]) if (watched.guests[which]) watched.act(1, which, 0xffff)
    watched.settle()
    const { machine } = watched.net
    expect([1, 2].map((vm) => state(machine, vm))).toEqual([STATE_ABSENT, STATE_ABSENT])
  })
  fc.assert(property, { numRuns: Math.ceil(RUNS) })
})
