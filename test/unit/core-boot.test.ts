/** From the loader's hand-over to the guests' first instructions. */
import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { DIRECT_VA, IMAGE_VA } from '../../src/abi/layout.ts'
import { boardTree, GiB, MiB, UART_SPI } from '../fake/board.ts'
import { bundle, DTB, guestDtb, kernel, RAM } from '../fake/bundle.ts'
import { SPURIOUS } from '../fake/gic.ts'
import { BUNDLE_PA, DTB_PA, Machine } from '../fake/machine.ts'
import { IMAGE } from '../fake/mmu.ts'
import { packed } from '../fake/packed.ts'
import { STALE } from '../fake/physical.ts'
import { translate } from '../fake/stage2-walk.ts'
import { started } from '../fake/started.ts'
import { flatten } from '../fake/tree.ts'

const TWO = { vms: { alpha: { memory: 4 * MiB }, beta: { cores: [2], memory: 6 * MiB } } }

describe.each([3, 2] as const)('two VMs on GICv%i', (gic) => {
  const machine = new Machine({ gic, initrd: bundle(TWO) })
  const first = machine.boot()!

  test('each guest starts at EL1h with its DTB in x0 and everything else zero', () => {
    for (const vcpu of [first, machine.vcpuOn(2)!]) {
      expect(vcpu.elr).toBe(BigInt(RAM))
      expect(vcpu.spsr).toBe(0x3c5n)
      expect(vcpu.x(0)).toBe(BigInt(DTB))
      for (let i = 1; i < 31; i++) expect(vcpu.x(i)).toBe(0n)
    }
    expect([first.vm, machine.vcpuOn(2)!.vm]).toEqual([0, 1])
    expect([machine.vcpuOn(1), machine.vcpuOn(3)]).toEqual([undefined, undefined])
  })

  test('EL2 traps what guests may not do, on every CPU that runs one', () => {
    for (const cpu of [0, 2]) {
      const { registers } = machine.cpus[cpu]!
      const hcr = registers.get('hcr_el2')!
      for (const bit of [0, 3, 4, 5, 18, 19, 20, 21, 31, 35, 36])
        expect((hcr >> BigInt(bit)) & 1n, `HCR_EL2 bit ${bit}`).toBe(1n)
      expect((hcr >> 13n) & 1n, 'HCR_EL2.TWI: WFI is free on a core of its own').toBe(0n)
      expect(registers.get('vtcr_el2')).toBe(0x8004_3559n)
      expect(registers.get('cptr_el2')).toBe(0x4010_33ffn)
      expect(registers.get('mdcr_el2')).toBe(0x8_4e60n | 6n)
      expect(registers.get('cnthctl_el2')).toBe(3n)
      expect(registers.get('vmpidr_el2')).toBe(0x8000_0000n)
      expect(registers.get('vpidr_el2')).toBe(0x410f_d083n)
      expect(registers.get('sctlr_el1')).toBe(0x30d0_0800n)
      expect(registers.get('cntv_ctl_el0')).toBe(0n)
      expect(registers.get('cntvoff_el2')).toBeGreaterThan(1000n)
    }
  })

  test('the two have their own VMID and their own tables', () => {
    const [one, two] = [0, 2].map((cpu) => machine.cpus[cpu]!.registers.get('vttbr_el2')!)
    expect([one! >> 48n, two! >> 48n]).toEqual([1n, 2n])
    expect(one! & 0xffff_ffff_ffffn).not.toBe(two! & 0xffff_ffff_ffffn)
  })

  test('the virtual CPU interface is empty and enabled', () => {
    for (const cpu of [0, 2]) {
      expect(machine.gic.interfaces[cpu]).toMatchObject({ lists: [0n, 0n, 0n, 0n], control: 1, vmcr: 0, enabled: true })
      for (const intid of [0, 25, 27, 30]) expect(machine.gic.source(cpu, intid).enabled).toBe(true)
    }
  })

  test('the first CPU without a guest serves the UART, the others stay off', () => {
    expect(machine.cpus.map(({ isOnline }) => isOnline)).toEqual([true, true, true, false])
    const spi = machine.gic.source(0, UART_SPI)
    expect([spi.enabled, spi.route]).toEqual([true, gic === 3 ? 1 : 1 << 1])
  })

  test("the loader's timers are off, so that no line of theirs stays high", () => {
    for (const cpu of [0, 1, 2]) {
      for (const name of ['cnthp_ctl_el2', 'cntv_ctl_el0', 'cntp_ctl_el0'])
        expect(machine.cpus[cpu]!.registers.get(name), `${name} of CPU ${cpu}`).toBe(0n)
      expect(machine.devices.interruptFor(cpu)).toBe(SPURIOUS)
    }
  })

  test('RAM holds the images, and zeroes everywhere else', () => {
    for (const [cpu, size] of [
      [0, 4 * MiB],
      [2, 6 * MiB],
    ] as const) {
      const read = (ipa: number, length: number) => machine.physical.read(translate(machine, cpu, ipa)!.pa, length)
      expect(read(RAM, kernel.length)).toEqual(kernel)
      expect(read(DTB, guestDtb.length)).toEqual(guestDtb)
      const after = Math.ceil(kernel.length / 4096) * 4096
      expect(read(RAM + kernel.length, after - kernel.length).every((byte) => byte === 0)).toBe(true)
      for (let at = after; at < size; at += 4096) {
        if (at !== MiB) expect(machine.physical.isZero(translate(machine, cpu, RAM + at)!.pa)).toBe(true)
      }
      expect(translate(machine, cpu, RAM + size)).toBeUndefined()
      expect(translate(machine, cpu, RAM - 1)).toBeUndefined()
    }
  })

  test('the boot lines say who has what', () => {
    expect(machine.lines[0]).toMatch(
      new RegExp(`^bulkhead \\| Bulkhead \\d+\\.\\d+\\.\\d+, GICv${gic}, hypervisor memory \\d+ KiB`),
    )
    expect(machine.lines).toContainEqual(expect.stringMatching(/^bulkhead \| VM 'alpha': 4 MiB at 0x[0-9a-f]+, CPU 0$/))
    expect(machine.lines).toContainEqual(expect.stringMatching(/^bulkhead \| VM 'beta': 6 MiB at 0x[0-9a-f]+, CPU 2$/))
    const bytes = kernel.length + guestDtb.length
    for (const [name, size] of [
      ['alpha', 4 * MiB],
      ['beta', 6 * MiB],
    ]) {
      const line = `vm ${name}: scrub ${size} bytes in \\d+ ticks, copy ${bytes} bytes in \\d+ ticks, check ${bytes} bytes in`
      expect(machine.lines).toContainEqual(expect.stringMatching(new RegExp(line)))
    }
  })

  test('EL2 maps nothing writable and executable, and no second way to its text', () => {
    const leaves = machine.mmu.leaves()
    expect(leaves.filter(({ writable, executable }) => writable && executable)).toEqual([])
    expect(leaves.filter(({ executable }) => executable)).toEqual([
      expect.objectContaining({ va: IMAGE_VA, pa: machine.imagePa, size: IMAGE.rodata }),
    ])
    const text = leaves.filter(({ pa, size }) => pa < machine.imagePa + IMAGE.data && pa + size > machine.imagePa)
    expect(text.map(({ va, writable }) => ({ va, writable }))).toEqual([
      { va: IMAGE_VA, writable: false },
      { va: IMAGE_VA + IMAGE.rodata, writable: false },
    ])
    const bundleLeaf = machine.mmu.walk(DIRECT_VA + BUNDLE_PA)
    expect(bundleLeaf).toMatchObject({ pa: BUNDLE_PA, writable: false })
  })

  test('boot windows are closed, and each record in use is mapped', () => {
    expect(machine.windows.unmappedRecords()).toEqual([])
    expect(machine.mmu.leaves().filter(({ va, size }) => va < 2 ** 32 && va + size > 2 ** 28)).toEqual([])
    expect(machine.mmu.walk(0)).toBeUndefined()
  })
})

const FDT_NOP = 4

test('memory that nobody asked for stays as it was', () => {
  const { machine } = started()
  expect(machine.physical.read8(GiB + 900 * MiB)).toBe(STALE)
})

test.each([
  ['at the start of RAM', { loadAt: GiB }],
  ['in the middle of a large board', { ram: [{ start: GiB, size: 4 * GiB }], loadAt: 3 * GiB }],
  ['on a board with RAM above and below 4 GiB', { ram: [GiB, 8 * GiB].map((start) => ({ start, size: GiB })) }],
  ['on a board with 64 GiB', { ram: [{ start: GiB, size: 64 * GiB }] }],
  ['on a board with 255 GiB', { ram: [{ start: GiB, size: 255 * GiB }] }],
])('boots %s', (_, options) => {
  const { vcpu } = started({ ...options })
  expect(vcpu.elr).toBe(BigInt(RAM))
})

test.each([
  ['1 GiB blocks where the board has them to give', 8 * GiB, 3 * GiB, GiB],
  ['2 MiB blocks where it has not', 1.5 * GiB, GiB, 2 * MiB],
  ['pages for what is less than a block', GiB, MiB, 4096],
])('RAM comes in %s', (_, board, memory, block) => {
  const loads = [{ image: 'kernel' }]
  const { machine } = started({ ram: [{ start: GiB, size: board }], vms: { alpha: { memory, loads } } })
  expect(translate(machine, 0, RAM)!.block).toBe(block)
})

test("reserved memory is no VM's: the header's list and /reserved-memory", () => {
  const holes = [
    { start: GiB + 32 * MiB, size: 64 * MiB },
    { start: GiB + 256 * MiB, size: 512 * MiB },
  ]
  const initrd = bundle({ vms: { big: { memory: 300 * MiB } } })
  const tree = boardTree({ bundle: { start: BUNDLE_PA, size: initrd.length } })
  tree['reserved-memory'] = {
    '#address-cells': [2],
    '#size-cells': [2],
    ranges: true,
    'firmware@50000000': { reg: [0, holes[1]!.start, 0, holes[1]!.size] },
  }
  const dtb = flatten(tree, { reserved: [[BigInt(holes[0]!.start), BigInt(holes[0]!.size)]] })
  const machine = new Machine({ initrd, dtb })
  expect(machine.boot()).toBeUndefined()
  expect(machine.lines.at(-1)).toContain("stop: the board's free RAM does not hold a VM's memory in one piece")
  for (const { start, size } of holes) {
    for (let at = start; at < start + size; at += MiB) {
      expect(machine.mmu.walk(DIRECT_VA + at)).toBeUndefined()
      expect(machine.physical.isTouched(at)).toBe(false)
    }
  }
})

test.each(['crc32', 'sha256'] as const)('boots a tree of dtc and a bundle of mkimage with %s', async (hash) => {
  const { bytes: initrd, summary, images } = await packed(hash)
  const input = flatten(boardTree({ bundle: { start: BUNDLE_PA, size: initrd.length } }))
  const dtb = execFileSync('dtc', ['-q', '-I', 'dtb', '-O', 'dtb', '-'], { input })
  const machine = new Machine({ initrd, dtb })
  const vcpu = machine.boot()!
  const [linux] = summary.vms
  expect([vcpu.elr, vcpu.x(0)]).toEqual([BigInt(linux!.entry), BigInt(linux!.x0)])
  for (const { image, address } of linux!.loads.filter(({ gic }) => !gic || gic === 3)) {
    const bytes = images.get(image)!
    const found = machine.physical.read(translate(machine, 0, Number(address))!.pa, bytes.length)
    // Where the DTB has room for seeds.
    if (image.includes('dtb')) for (const at of words(bytes, FDT_NOP)) found.writeUInt32BE(FDT_NOP, at)
    expect(found).toEqual(bytes)
  }
})

test('takes the DTB at any 8-byte boundary of a block, up to 2 MiB long', () => {
  const dtb = flatten({ ...boardTree({}), padding: new Uint8Array(1.9 * MiB) })
  const machine = new Machine()
  machine.physical.write(DTB_PA + 2 * MiB - 8, dtb)
  machine.boot(DTB_PA + 2 * MiB - 8)
  expect(machine.lines.at(-1)).toContain('stop: no bundle')
})

/** Where a big-endian word stands. */
function words(bytes: Buffer, word: number): number[] {
  return Array.from({ length: bytes.length >> 2 }, (_, i) => i * 4).filter((at) => bytes.readUInt32BE(at) === word)
}
