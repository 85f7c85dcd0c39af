/** The vGIC under random guests, with few list registers and many: what each vCPU is offered is what a plain GIC would offer. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { INTIDS, type Step, VgicGuest } from '../fake/vgic-guest.ts'
import type { FakeVmmOptions } from '../fake/vmm-option.ts'

const ORDINARY = [
  'enable',
  'enable',
  'disable',
  'pend',
  'pend',
  'unpend',
  'priority',
  'groups',
  'group',
  'edge',
  'line',
  'line',
  'route',
  'sgi',
  'acknowledge',
  'acknowledge',
  'acknowledge',
  'end',
  'end',
]

/** What a busy guest does once it is set up. */
const BUSY = ['pend', 'line', 'line', 'sgi', 'acknowledge', 'acknowledge', 'end', 'end']

function steps(whats: string[]): fc.Arbitrary<Step[]> {
  const step = fc.record({
    what: fc.constantFrom(...whats),
    vcpu: fc.nat(7),
    intid: fc.constantFrom(...INTIDS),
    value: fc.nat(0xff),
  })
  return fc.array(step, { minLength: 20, maxLength: 120, size: 'max' })
}

/** From reset, with everything enabled half of the time, so that short programs meet interrupts too. */
function start(version: 2 | 3, vcpus: number, options: FakeVmmOptions, isOpen: boolean, hasWire = false): VgicGuest {
  const guest = new VgicGuest(version, vcpus, options, hasWire)
  if (!isOpen) return guest
  guest.do({ what: 'groups', vcpu: 0, intid: 0, value: 3 })
  for (let vcpu = 0; vcpu < vcpus; vcpu++) {
    for (const intid of INTIDS) guest.do({ what: 'enable', vcpu, intid, value: 0 })
    for (const [n, intid] of INTIDS.entries()) guest.do({ what: 'priority', vcpu, intid, value: (n * 72) & 0xf8 })
  }
  for (const [n, intid] of INTIDS.entries()) guest.do({ what: 'route', vcpu: 0, intid, value: n })
  return guest
}

function run(guest: VgicGuest, program: Step[], vcpus: number): void {
  for (const step of program) {
    guest.do(step)
    guest.check()
    if (vcpus === 1) guest.checkRegisters()
  }
  guest.drain()
  guest.check()
  for (const { control, lrs } of guest.vmm.vcpus) {
    expect(lrs.filter((lr) => lr.state & 2)).toEqual([])
    expect(control).toBe(0)
  }
}

describe.each([
  [2, true],
  [2, false],
  [3, true],
] as const)('GICv%i, list registers linked: %s', (version, links) => {
  test.each([
    [1, 1],
    [1, 2],
    [1, 4],
    [3, 1],
    [3, 4],
  ])('%i vCPUs with %i list registers', (vcpus, listRegisters) => {
    fc.assert(
      fc.property(fc.boolean(), steps(ORDINARY), (isOpen, program) => {
        run(start(version, vcpus, { listRegisters, links }, isOpen, true), program, vcpus)
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    [1, 2],
    [2, 3],
  ])('%i vCPUs with %i list registers, under load', (vcpus, listRegisters) => {
    fc.assert(
      fc.property(steps(BUSY), (program) => {
        run(start(version, vcpus, { listRegisters, links }, true, true), program, vcpus)
      }),
      { numRuns: 40 },
    )
  })

  // With room for all of them: the end of an interrupt without a list register does not say which one it is.
  test.each([1, 3])('%i vCPUs, active state by register', (vcpus) => {
    fc.assert(
      fc.property(fc.boolean(), steps([...ORDINARY, 'activate', 'deactivate', 'deactivate']), (isOpen, program) => {
        const guest = start(version, vcpus, { listRegisters: 16, links }, isOpen)
        for (const step of program) {
          guest.do(step)
          guest.check()
          if (vcpus === 1) guest.checkRegisters()
        }
      }),
      { numRuns: 40 },
    )
  })
})

test('an SGI that was taken, made inactive and active again by register ends by its own sender, beside a later one', () => {
  const guest = start(2, 3, { listRegisters: 16 }, false)
  const steps: Step[] = [
    { what: 'groups', vcpu: 0, intid: 0, value: 3 },
    { what: 'sgi', vcpu: 1, intid: 0, value: 4 },
    { what: 'acknowledge', vcpu: 2, intid: 0, value: 0 },
    { what: 'deactivate', vcpu: 2, intid: 0, value: 0 },
    { what: 'sgi', vcpu: 0, intid: 0, value: 4 },
    { what: 'activate', vcpu: 2, intid: 0, value: 0 },
    { what: 'end', vcpu: 2, intid: 0, value: 0 },
  ]
  for (const step of steps) {
    guest.do(step)
    guest.check()
  }
  guest.drain()
  guest.check()
})
