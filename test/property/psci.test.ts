/** PSCI's races: what several vCPUs ask of each other at the same time, in every order of their exits and interrupts, and from
 * within each other's, against the plain model of DEN 0022. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALWAYS } from '../fake/asking.ts'
import { bundle, DTB, RAM } from '../fake/bundle.ts'
import { SPURIOUS } from '../fake/gic.ts'
import { type Choices, everyOrder } from '../fake/interleaving.ts'
import { Machine } from '../fake/machine.ts'
import { type Answer, type Call, PsciModel } from '../fake/psci-model.ts'
import { HVC } from '../fake/syndrome.ts'

const VCPUS = 3
/** Orders looked at for one program. */
const MOST = 50
const FUNCTION = {
  on: 0xc400_0003n,
  info: 0xc400_0004n,
  off: 0x8400_0002n,
  suspend: 0x8400_0001n,
  powerOff: 0x8400_0008n,
  reset: 0x8400_0009n,
} as const
/** Inside an exit, outside of every lock: a CPU that drops its vCPU, one that is about to enter a new one. */
const INSIDE = ['set_cntv_ctl_el0', 'reset_el1'] as const

/** vCPU n of the VM is alone on CPU n; another VM keeps the board on. */
function boot(gic: 2 | 3): Machine {
  const vms = { alpha: { cores: [0, 1, 2], restart: ALWAYS, limit: 0 }, beta: { cores: [3] } }
  const machine = new Machine({ gic, initrd: bundle({ vms }) })
  machine.boot()
  machine.pump()
  return machine
}

const entryOf = (begin: number) => BigInt(RAM) + BigInt(begin) * 0x40n

/** The board and its model side by side. */
class Played {
  readonly model = new PsciModel(VCPUS)

  constructor(
    readonly machine: Machine,
    readonly programs: Call[][],
  ) {}

  /** One thing after the other until nothing is left to happen. */
  run(choices: Choices): void {
    for (let events = this.#events(); events.length > 0; events = this.#events()) {
      events[choices.pick(events.length)]!()
      this.#compare()
    }
  }

  #events(): (() => void)[] {
    const plain = Array.from({ length: VCPUS }, (_, vcpu) => this.#eventsOf(vcpu)).flat()
    const callers = Array.from({ length: VCPUS }, (_, vcpu) => vcpu).filter((vcpu) => this.#mayCall(vcpu))
    return plain.flatMap(({ cpu, act }) => [
      act,
      ...callers
        .filter((other) => other !== cpu)
        .flatMap((other) => INSIDE.map((name) => () => this.#within(name, other, act))),
    ])
  }

  #eventsOf(cpu: number): { cpu: number; act: () => void }[] {
    if (this.machine.devices.interruptFor(cpu) !== SPURIOUS) return [{ cpu, act: () => this.#interrupt(cpu) }]
    return this.#mayCall(cpu) ? [{ cpu, act: () => this.#call(cpu) }] : []
  }

  #mayCall(vcpu: number): boolean {
    return this.programs[vcpu]!.length > 0 && this.machine.vcpuOn(vcpu)?.vm === 0 && !this.model.hasEnded
  }

  /** `other` makes its next call while `act` is at the primitive `name`, or after it if that never comes there. */
  #within(name: string, other: number, act: () => void): void {
    let isDone = false
    const once = () => {
      if (isDone || !this.#mayCall(other)) return
      isDone = true
      this.#call(other)
    }
    this.machine.meanwhile.set(name, once)
    act()
    this.machine.meanwhile.delete(name)
    once()
  }

  #interrupt(cpu: number): void {
    // The model follows: what is asked in between finds CPU_ON not kept yet, for the compartment hears of that last.
    this.machine.interrupt(cpu)
    this.model.interrupt(cpu)
  }

  #call(vcpu: number): void {
    const call = this.programs[vcpu]!.shift()!
    const record = this.machine.vcpuOn(vcpu)!
    const values = this.#registers(call)
    for (const [i, value] of values.entries()) record.setX(i, value)
    const ended = this.model.hasEnded
    // A wait in front of which an interrupt stands is over at once.
    const isAwake = call.what === 'suspend' && this.machine.devices.interruptFor(vcpu) !== SPURIOUS
    const answer: Answer = this.model.call(vcpu, call)
    this.machine.sync(vcpu, { esr: HVC })
    if (answer !== undefined && !ended) expect([call, BigInt.asIntN(64, record.x(0))]).toEqual([call, BigInt(answer)])
    // Turned on again before its CPU has left it: that CPU needs no interrupt.
    if (call.what === 'off' || isAwake) this.model.interrupt(vcpu)
  }

  #registers(call: Call): bigint[] {
    if (call.what === 'on') {
      const begin = this.model.begins[call.target]! + 1
      return [FUNCTION.on, BigInt(call.target), entryOf(begin), BigInt(begin)]
    }
    return [FUNCTION[call.what], 'target' in call ? BigInt(call.target) : 0n, 0n, 0n]
  }

  /** Whoever is on executes its guest from where it was last told to; whoever is off does not. */
  #compare(): void {
    if (this.model.hasEnded) return
    const running = Array.from({ length: VCPUS }, (_, cpu) => this.machine.vcpuOn(cpu)?.vm === 0)
    expect(running).toEqual(running.map((_, vcpu) => this.model.runs(vcpu)))
    const entries = running.map((runs, vcpu) => runs && this.machine.vcpuOn(vcpu)!.elr)
    expect(entries).toEqual(running.map((runs, vcpu) => runs && entryOf(this.model.begins[vcpu]!)))
  }

  /** At the end someone resets the VM, if it has not ended yet: it begins anew. False if nobody is awake to do so. */
  end(): boolean {
    const awake = this.model.power.findIndex((_, vcpu) => this.model.runs(vcpu))
    if (!this.model.hasEnded) {
      if (awake < 0) return false
      this.programs[awake] = [{ what: 'reset' }]
      this.#call(awake)
    }
    this.machine.pump()
    const record = this.machine.vcpuOn(0)!
    expect([record.vm, record.index, record.elr, record.x(0)]).toEqual([0, 0, BigInt(RAM), BigInt(DTB)])
    expect([this.machine.vcpuOn(1), this.machine.vcpuOn(2)]).toEqual([undefined, undefined])
    return true
  }
}

const target = fc.nat(VCPUS - 1)
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('on' as const), target }) },
  { weight: 3, arbitrary: fc.constant({ what: 'off' as const }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('info' as const), target }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('suspend' as const, 'powerOff' as const, 'reset' as const) }),
  },
)
/** The first turns the others on before anything else; calls of one that never comes on are never made. */
const programs = fc
  .tuple(...Array.from({ length: VCPUS }, () => fc.array(call, { minLength: 1, maxLength: 2 })))
  .map(([first, ...others]) => [
    [{ what: 'on', target: 1 } as Call, { what: 'on', target: 2 } as Call, ...first!],
    ...others,
  ])

describe.each([3, 2] as const)('GICv%i', (gic) => {
  test('every order of three vCPUs that turn each other on, off, and all of it off', () => {
    fc.assert(
      fc.property(programs, (program) => {
        let machine: Machine | undefined
        everyOrder((choices) => {
          machine ??= boot(gic)
          const played = new Played(machine, structuredClone(program))
          played.run(choices)
          if (!played.end()) machine = undefined
        }, MOST)
      }),
      { numRuns: 5 },
    )
  })
})
