/** Register pages of memories that VMs share: what they read and take, and how doorbells become interrupts. doc/shared-memory.md. */
import { describe, expect, test } from 'vitest'
import { DOORBELL_INTID, DOORBELL_IPA } from '../../src/abi/guest-machine.ts'
import { SETTING_INTERRUPTS, SETTING_KEY_SHIFT, SETTING_OF_VM, SETTING_SLOT_SHIFT } from '../../src/abi/setting.ts'
import { FakeVmm, type FakeVmm as Vmm } from '../fake/vmm.ts'

const GICD = 0x0800_0000
const [INTERRUPT, DOORBELL, STATE] = [0x08, 0x0c, 0x10]
const PAGE = 0x1000
const SPURIOUS = 1023

function make(shared = 2, settings: bigint[] = []): Vmm {
  const vmm = new FakeVmm({ shared, settings, fueled: true })
  vmm.write(GICD, 0x13)
  for (const [i, bit] of [0, 1].entries()) {
    const intid = DOORBELL_INTID + i
    const word = Math.floor(intid / 32) * 4
    vmm.write(GICD + 0x080 + word, vmm.read(GICD + 0x080 + word) | (1 << (intid % 32)))
    vmm.write(GICD + 0xc00 + Math.floor(intid / 16) * 4, 0xaaaa_0000 * bit + 0xaaaa_aaaa * (1 - bit))
    vmm.write(GICD + 0x400 + intid, 0x80, 1)
    vmm.write(GICD + 0x100 + word, 1 << (intid % 32))
  }
  return vmm
}

/** core says that a neighbour rang. */
function rung(vmm: Vmm, index = 0): void {
  vmm.shared[index]!.isRung = true
  vmm.frames()
}

function interrupts(vmm: Vmm): number[] {
  const found: number[] = []
  for (let intid = vmm.acknowledge(); intid !== SPURIOUS; intid = vmm.acknowledge()) {
    found.push(intid)
    vmm.end(intid)
  }
  return found
}

describe('registers', () => {
  test('read what core says, each page its own; narrow reads a part', () => {
    const vmm = make()
    vmm.shared[1]!.figures[0x4c] = 0x1234_5678
    expect(vmm.read(DOORBELL_IPA + PAGE + 0x4c)).toBe(0x1234_5678)
    expect(vmm.read(DOORBELL_IPA + PAGE + 0x4e, 2)).toBe(0x1234)
    expect(vmm.read(DOORBELL_IPA + 0x4c)).toBe(0)
    expect(vmm.refusals).toBe(0)
  })

  test('a page that the VM has not is an empty bus', () => {
    const vmm = make(1)
    vmm.read(DOORBELL_IPA + PAGE)
    vmm.write(DOORBELL_IPA + PAGE, 1)
    expect(vmm.refusals).toBe(2)
  })

  test('states and doorbells go to core, as words alone, vector 0 alone', () => {
    const vmm = make()
    vmm.write(DOORBELL_IPA + STATE, 7)
    vmm.write(DOORBELL_IPA + STATE, 9, 2)
    vmm.write(DOORBELL_IPA + DOORBELL, 3 << 16)
    vmm.write(DOORBELL_IPA + DOORBELL, (3 << 16) | 1)
    vmm.write(DOORBELL_IPA + PAGE + DOORBELL, 0)
    expect(vmm.shared.map(({ states, rings }) => [states, rings])).toEqual([
      [[7], [3]],
      [[], [0]],
    ])
  })
})

describe('a doorbell', () => {
  test('interrupts once for each time that it was found rung, if the guest wants it', () => {
    const vmm = make()
    rung(vmm)
    expect([interrupts(vmm), vmm.shared[0]!.isRung]).toEqual([[], false])
    vmm.write(DOORBELL_IPA + INTERRUPT, 1)
    expect(interrupts(vmm)).toEqual([])
    rung(vmm)
    expect(interrupts(vmm)).toEqual([DOORBELL_INTID])
    expect(interrupts(vmm)).toEqual([])
    vmm.write(DOORBELL_IPA + PAGE + INTERRUPT, 1)
    rung(vmm)
    rung(vmm, 1)
    expect(interrupts(vmm)).toEqual([DOORBELL_INTID, DOORBELL_INTID + 1])
    expect([INTERRUPT, PAGE + INTERRUPT].map((at) => vmm.read(DOORBELL_IPA + at))).toEqual([1, 1])
  })

  test('keeps to the VM’s budget of interrupts: it stays rung until one may come', () => {
    const budget =
      (BigInt(SETTING_OF_VM) << BigInt(SETTING_SLOT_SHIFT)) | (BigInt(SETTING_INTERRUPTS) << BigInt(SETTING_KEY_SHIFT))
    const vmm = make(1, [budget | 100n])
    vmm.write(DOORBELL_IPA + INTERRUPT, 1)
    let came = 0
    for (let i = 0; i < 1000; i++) {
      rung(vmm)
      came += interrupts(vmm).length
      vmm.pass(1000)
    }
    expect(came).toBeGreaterThan(95)
    expect(came).toBeLessThan(115)
    vmm.pass(1_000_000)
    expect([interrupts(vmm).length, vmm.shared[0]!.isRung]).toEqual([1, false])
  })
})
