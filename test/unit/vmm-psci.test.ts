/** PSCI and SMCCC as DEN 0022 and DEN 0028 have it, over a pretend core. */
import { describe, expect, test } from 'vitest'
import { hex } from '../fake/named.ts'
import { FakeVmm } from '../fake/vmm.ts'

const NOT_SUPPORTED = -1
const INVALID_PARAMETERS = -2
const DENIED = -3
const ALREADY_ON = -4
const ON_PENDING = -5
const INVALID_ADDRESS = -9
const CPU_ON = 0xc400_0003
const CPU_ON_32 = 0x8400_0003
const CPU_OFF = 0x8400_0002
const AFFINITY_INFO = 0xc400_0004
const FEATURES = 0x8400_000a
const ENTRY = 0x4008_0000n

describe('versions and features', () => {
  const vmm = new FakeVmm()

  test.each([
    ['PSCI_VERSION', 0x8400_0000, 0x1_0001],
    ['SMCCC_VERSION', 0x8000_0000, 0x1_0002],
    ['MIGRATE_INFO_TYPE: no migration needed', 0x8400_0006, 2],
    ['the upper half of x0 does not count', 0xdead_0000_8400_0000n, 0x1_0001],
  ])('%s', (_, fn, answer) => {
    expect(vmm.hypercall(fn)).toBe(answer)
  })

  test.each(
    hex([
      0x8400_0000, 0x8400_0001, 0xc400_0001, 0x8400_0002, 0x8400_0003, 0xc400_0003, 0x8400_0004, 0xc400_0004,
      0x8400_0006, 0x8400_0008, 0x8400_0009, 0x8400_000a, 0x8400_000e, 0xc400_000e, 0x8400_0012, 0xc400_0012,
      0x8000_0000,
    ]),
  )('FEATURES knows %s', (_, fn) => {
    expect(vmm.hypercall(FEATURES, [fn])).toBe(0)
  })

  test.each(hex([0x8400_0005, 0x8400_000b, 0xc400_0000, 0xc400_0002, 0x8400_001f, 0, 0xffff_ffff]))(
    'FEATURES does not know %s',
    (_, fn) => {
      expect(vmm.hypercall(FEATURES, [fn])).toBe(NOT_SUPPORTED)
    },
  )

  test('ARCH_FEATURES knows itself and the version, nothing else', () => {
    expect(vmm.hypercall(0x8000_0001, [0x8000_0000])).toBe(0)
    expect(vmm.hypercall(0x8000_0001, [0x8000_0001])).toBe(0)
    expect(vmm.hypercall(0x8000_0001, [0x8000_0002])).toBe(NOT_SUPPORTED)
    expect(vmm.hypercall(0x8000_0001, [0x8000_8000])).toBe(NOT_SUPPORTED)
  })

  test.each(
    hex([
      0, 1, 0x8000_0002, 0x8000_8000, 0x8400_0005, 0x8400_0020, 0x8400_0050, 0x8600_ff01, 0xc500_0020, 0xc600_0000,
      0xffff_ffff, 0x8400_0007, 0x0400_0000,
    ]),
  )('%s is nobody’s', (_, fn) => {
    expect(vmm.hypercall(fn)).toBe(NOT_SUPPORTED)
    expect(vmm.power).toEqual([])
  })
})

describe('CPU_ON', () => {
  test('turns a vCPU on once, and says where it stands', () => {
    const vmm = new FakeVmm({ vcpus: 2 })
    expect(vmm.hypercall(AFFINITY_INFO, [1])).toBe(1)
    expect(vmm.hypercall(CPU_ON, [1, ENTRY, 0x1234_5678_9abcn])).toBe(0)
    expect(vmm.power).toEqual([`on 1 ${ENTRY} ${0x1234_5678_9abcn}`])
    expect(vmm.hypercall(CPU_ON, [1, ENTRY])).toBe(ON_PENDING)
    expect(vmm.hypercall(AFFINITY_INFO, [1])).toBe(2)
    vmm.deliver(1)
    expect(vmm.hypercall(CPU_ON, [1, ENTRY])).toBe(ALREADY_ON)
    expect(vmm.hypercall(AFFINITY_INFO, [1])).toBe(0)
    expect(vmm.hypercall(CPU_ON, [0, ENTRY])).toBe(ALREADY_ON)
  })

  test('in 32 bits looks at W registers only', () => {
    const vmm = new FakeVmm({ vcpus: 2 })
    expect(vmm.hypercall(CPU_ON_32, [0xffff_ffff_0000_0001n, 0xffff_ffff_4008_0000n, 0xffff_ffff_0000_0007n])).toBe(0)
    expect(vmm.power).toEqual([`on 1 ${ENTRY} 7`])
  })

  test.each(hex([2n, 0x100n, 0x8000_0001n, 0x1_0000_0001n, 0x1_0000_0000_0001n, 0xffff_ffff_ffff_ffffn]))(
    'refuses MPIDR %s',
    (_, target) => {
      const vmm = new FakeVmm({ vcpus: 2 })
      expect(vmm.hypercall(CPU_ON, [target, ENTRY])).toBe(INVALID_PARAMETERS)
      expect(vmm.hypercall(AFFINITY_INFO, [target])).toBe(INVALID_PARAMETERS)
      expect(vmm.power).toEqual([])
    },
  )

  test.each(hex([0n, 0x0900_0000n, 0x5000_0000n, ENTRY + 2n, 0xffff_ffff_ffff_fffcn]))(
    'refuses entry %s',
    (_, entry) => {
      const vmm = new FakeVmm({ vcpus: 2 })
      expect(vmm.hypercall(CPU_ON, [1, entry])).toBe(INVALID_ADDRESS)
      expect(vmm.hypercall(AFFINITY_INFO, [1])).toBe(1)
    },
  )

  test('AFFINITY_INFO knows level 0 only', () => {
    const vmm = new FakeVmm()
    expect(vmm.hypercall(AFFINITY_INFO, [0, 0])).toBe(0)
    expect(vmm.hypercall(AFFINITY_INFO, [0, 1])).toBe(INVALID_PARAMETERS)
  })
})

describe('off, reset, suspend', () => {
  test('CPU_OFF turns the caller off; the last one takes the VM with it', () => {
    const vmm = new FakeVmm({ vcpus: 2 })
    vmm.hypercall(CPU_ON, [1, ENTRY])
    vmm.deliver(1)
    vmm.hypercall(CPU_OFF, [], 0)
    expect(vmm.hypercall(AFFINITY_INFO, [0], 1)).toBe(1)
    vmm.hypercall(CPU_OFF, [], 1)
    expect(vmm.power.slice(1)).toEqual(['off 0', 'stop 0'])
  })

  test.each([
    ['SYSTEM_OFF', 0x8400_0008, [], 'stop 0'],
    ['SYSTEM_RESET', 0x8400_0009, [], 'stop 1'],
    ['SYSTEM_RESET2, warm', 0xc400_0012, [0, 99], 'stop 1'],
    ['SYSTEM_RESET2 in 32 bits', 0x8400_0012, [0x1_0000_0000n], 'stop 1'],
  ])('%s', (_, fn, args, power) => {
    const vmm = new FakeVmm()
    vmm.hypercall(fn, args)
    expect(vmm.power).toEqual([power])
  })

  test.each(hex([1, 0x8000_0000]))('SYSTEM_RESET2 refuses type %s', (_, type) => {
    const vmm = new FakeVmm()
    expect(vmm.hypercall(0xc400_0012, [type])).toBe(INVALID_PARAMETERS)
    expect(vmm.power).toEqual([])
  })

  test('SYSTEM_SUSPEND wants the other vCPUs off and an entry in RAM', () => {
    const vmm = new FakeVmm({ vcpus: 2 })
    expect(vmm.hypercall(0xc400_000e, [0, 5])).toBe(INVALID_ADDRESS)
    expect(vmm.hypercall(0xc400_000e, [ENTRY, 5])).toBe(0)
    expect(vmm.power).toEqual([`suspend ${ENTRY} 5 1`])
    vmm.hypercall(CPU_ON, [1, ENTRY])
    expect(vmm.hypercall(0xc400_000e, [ENTRY, 5])).toBe(DENIED)
  })

  test('CPU_SUSPEND checks power_state, and the entry only for power-down', () => {
    const vmm = new FakeVmm()
    expect(vmm.hypercall(0xc400_0001, [0, 0, 0])).toBe(0)
    expect(vmm.hypercall(0xc400_0001, [0x0201_0000, ENTRY, 7])).toBe(0)
    expect(vmm.power).toEqual(['suspend 0 0 0', `suspend ${ENTRY} 7 1`])
    expect(vmm.hypercall(0xc400_0001, [0x0001_0000, 0, 0])).toBe(INVALID_ADDRESS)
    expect(vmm.hypercall(0xc400_0001, [0x8000_0000, ENTRY, 0])).toBe(INVALID_PARAMETERS)
    expect(vmm.hypercall(0xc400_0001, [0x0002_0000, ENTRY, 0])).toBe(INVALID_PARAMETERS)
  })
})
