/** Guests that mean harm: whatever they access, call or end, every call returns and the list registers stay lawful. */
import fc from 'fast-check'
import { test } from 'vitest'
import { FakeVmm } from '../fake/vmm.ts'

/** Where devices are, and the edges of their windows. */
const BASES = [
  0x0000_0000, 0x0800_0000, 0x0801_0000, 0x080a_0000, 0x080b_0000, 0x080c_0000, 0x0900_0000, 0x0901_0000, 0x0a00_0000,
  0x0a00_3f00, 0x4000_0000,
]
const FUNCTIONS = [0x8400_0000, 0xc400_0000, 0x8000_0000, 0x8600_ff00, 0]

const bits64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
/** Values that mean something to registers, besides noise. */
const value = fc.oneof(bits64, fc.constantFrom(0n, 1n, 0xffff_ffffn, 0xffff_ffff_ffff_ffffn), fc.nat(0xff).map(BigInt))
const ipa = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...BASES), fc.nat(0x1100)).map(([base, offset]) => base + offset) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...BASES), fc.nat(0x3_ffff)).map(([base, offset]) => base + offset),
  },
  { weight: 1, arbitrary: fc.maxSafeNat() },
)
const size = fc.constantFrom(1, 2, 4, 4, 4, 8)
const call = fc.tuple(fc.constantFrom(...FUNCTIONS), fc.nat(0x1f)).map(([base, n]) => base + n)

type Attack = (vmm: FakeVmm, vcpu: number) => void
const attack: fc.Arbitrary<Attack> = fc.oneof(
  fc.record({ ipa, size, value }).map(
    (a): Attack =>
      (vmm, vcpu) =>
        vmm.write(a.ipa, a.value, a.size, vcpu),
  ),
  fc.record({ ipa, size }).map(
    (a): Attack =>
      (vmm, vcpu) =>
        void vmm.read64(a.ipa, a.size, vcpu),
  ),
  fc.record({ call, args: fc.tuple(value, value, value) }).map(
    (a): Attack =>
      (vmm, vcpu) =>
        void vmm.hypercall(a.call, a.args, vcpu),
  ),
  fc.record({ value, group: fc.nat(1) }).map(
    (a): Attack =>
      (vmm, vcpu) =>
        vmm.sendSgi(a.value, a.group, vcpu),
  ),
  fc.record({ intid: fc.constantFrom(27, 30), high: fc.boolean() }).map(
    (a): Attack =>
      (vmm, vcpu) =>
        vmm.timer(a.intid, a.high, vcpu),
  ),
  fc.record({ bytes: fc.nat(2000) }).map(
    (a): Attack =>
      (vmm) =>
        void vmm.type('x'.repeat(a.bytes)),
  ),
  fc.record({ bytes: fc.nat(20) }).map(
    (a): Attack =>
      (vmm) =>
        vmm.makeRoom(a.bytes),
  ),
  fc.constant<Attack>((vmm, vcpu) => void vmm.acknowledge(vcpu)),
  fc.record({ intid: fc.nat(1023), source: fc.nat(7) }).map(
    (a): Attack =>
      (vmm, vcpu) =>
        vmm.end(a.intid, vcpu, a.source),
  ),
)

test.each([
  [2, 1, 4],
  [2, 8, 1],
  [3, 1, 16],
  [3, 8, 4],
] as const)('GICv%i, %i vCPUs, %i list registers', (version, vcpus, listRegisters) => {
  const step = fc.tuple(attack, fc.nat(vcpus - 1))
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 200, size: 'max' }), (steps) => {
      const vmm = new FakeVmm({ version, vcpus, listRegisters })
      vmm.write(0x0800_0000, 3)
      for (const [act, vcpu] of steps) act(vmm, vcpu)
    }),
    { numRuns: 100 },
  )
})

/** All 288 interrupts at once, every one of them also active, with the fewest list registers. */
test.each([2, 3] as const)('GICv%i: a flood of everything ends', (version) => {
  const vmm = new FakeVmm({ version, listRegisters: 1 })
  const frame = version === 2 ? 0x0800_0000 : 0x080b_0000
  vmm.write(0x0800_0000, 3)
  for (const offset of [0x100, 0x200, 0x300, 0x380]) {
    vmm.write(frame + offset, 0xffff_ffff)
    for (let n = 1; n < 9; n++) vmm.write(0x0800_0000 + offset + n * 4, 0xffff_ffff)
  }
  for (let turn = 0; turn < 600; turn++) {
    const intid = vmm.acknowledge()
    if (intid === 1023) return
    vmm.end(intid)
  }
  throw new Error('more interrupts than were raised')
})
