/** What boot is given and cannot use: one line that says what and what to do, then nothing runs. */
import { describe, expect, test } from 'vitest'
import { boardTree, GiB, MiB, wide } from '../fake/board.ts'
import { type BundleOptions, type BundleTree, bundle, type FakeVm, guestDtb, kernel, RAM } from '../fake/bundle.ts'
import { BUNDLE_PA, DTB_PA, Machine, type MachineOptions } from '../fake/machine.ts'
import { flatten, type Node } from '../fake/tree.ts'

/** Boots what must be refused; the line without its first word. */
function refusal(options: MachineOptions, dtb?: number): string {
  const machine = new Machine(options)
  expect(machine.boot(dtb)).toBeUndefined()
  const stops = machine.lines.filter((line) => line.includes('stop: '))
  expect(stops).toHaveLength(1)
  expect(machine.lines.at(-1)).toBe(stops[0])
  expect(stops[0]).toMatch(/^(bulkhead \| )?stop: [^;]+; [^;]+$/)
  expect(machine.cpus.filter(({ running }) => running)).toEqual([])
  return stops[0]!.replace(/^.*stop: /, '')
}

const initrd = bundle()
const withTree = (bend: (tree: Node) => void) => refusal({ initrd, bend })
const packed = (options: BundleOptions) => refusal({ initrd: bundle(options) })
const withVm = (vm: FakeVm) => packed({ vms: { alpha: vm } })
const withNode = (bend: (tree: BundleTree) => void) => packed({ bend })
const vmNode = (tree: BundleTree) => tree.bulkhead.vms.alpha as Node

describe('the device tree', () => {
  test.each([
    ['x0 is 0', {}, 0],
    ['x0 is not aligned', {}, DTB_PA + 4],
    ['x0 names memory that is no tree', {}, GiB + 512 * MiB],
    ['the magic is wrong', { dtb: Buffer.from('not a tree'.repeat(10)) }],
    ['it is of a version that came later', { dtb: changed(flatten(boardTree()), 24, 18) }],
    ['it is of version 16', { dtb: changed(flatten(boardTree()), 20, 16) }],
    ['its structure lies outside of it', { dtb: changed(flatten(boardTree()), 8, 0xffff_fff0) }],
    ['its strings lie outside of it', { dtb: changed(flatten(boardTree()), 12, 0x7fff_ffff) }],
    ['it says that it has 3 MiB', { dtb: changed(flatten(boardTree()), 4, 3 * MiB) }],
    ['it has no root', { dtb: flatten({}).fill(0, 56, 64) }],
  ] as [string, MachineOptions, number?][])('%s', (_, options, dtb) => {
    expect(refusal(options, dtb)).toBe(
      'no device tree: x0 holds none; let the boot loader pass the DTB as it does for Linux',
    )
  })

  const noConsole = 'the device tree names no console; set /chosen/stdout-path to a PL011'
  test.each<[string, (tree: Node) => void, string]>([
    ['no /chosen', (tree) => delete tree.chosen, noConsole],
    ['no stdout-path', (tree) => delete (tree.chosen as Node)['stdout-path'], noConsole],
    ['a stdout-path to nowhere', (tree) => set(tree.chosen, 'stdout-path', '/serial@1'), noConsole],
    ['a UART of another kind', (tree) => set(tree['pl011@9000000'], 'compatible', 'ns16550a'), noConsole],
    ['a UART without reg', (tree) => delete (tree['pl011@9000000'] as Node).reg, noConsole],
    [
      'no memory',
      (tree) => delete tree['memory@40000000'],
      'the device tree names no memory; give it a /memory node with a reg',
    ],
    [
      'no interrupt controller',
      (tree) => delete tree['intc@8000000'],
      'no interrupt controller that we drive; use a board with GICv2 or GICv3',
    ],
    [
      'an interrupt controller of another kind',
      (tree) => set(tree['intc@8000000'], 'compatible', 'apple,aic'),
      'no interrupt controller that we drive; use a board with GICv2 or GICv3',
    ],
    [
      'no CPUs, so none whose redistributor could be found',
      (tree) => delete tree.cpus,
      'the interrupt controller does not answer; check its node in the device tree',
    ],
  ])('names %s', (_, bend, line) => {
    expect(withTree(bend)).toBe(line)
  })

  test.each([
    ['the hypervisor interface', 2],
    ["the guests' interface", 3],
  ])('names a GICv2 without %s', (_, regs) => {
    const bend = (tree: Node) =>
      set(
        tree['intc@8000000'],
        'reg',
        [0x800_0000, 0x801_0000, 0x803_0000].slice(0, regs).flatMap((pa) => [0, pa, 0, 0x1_0000]),
      )
    expect(refusal({ gic: 2, initrd, bend })).toMatch(/^the interrupt controller does not answer/)
  })

  test('names more pieces of memory than there is room for', () => {
    const reserved = Array.from({ length: 40 }, (_, i): [bigint, bigint] => [
      BigInt(GiB + (300 + 2 * i) * MiB),
      0x1000n,
    ])
    const dtb = flatten(boardTree({ bundle: { start: BUNDLE_PA, size: initrd.length } }), { reserved })
    expect(refusal({ initrd, dtb })).toMatch(/pieces|reserve fewer ranges/)
  })
})

describe('the bundle', () => {
  const remedy = '; pass a bundle made by `bulkhead build` for this board as the initrd'

  test.each([
    ['there is none', {}, 'no bundle: the boot loader passed no initrd'],
    ['it is empty', { initrd: Buffer.alloc(0) }, 'no bundle: the boot loader passed no initrd'],
    ['it is a ramdisk', { initrd: Buffer.from('070701'.repeat(100)) }, 'the initrd is not a bundle: wrong magic'],
    ['it is three bytes long', { initrd: Buffer.from('abc') }, 'the initrd is not a bundle: wrong magic'],
    [
      'it is a plain FIT image',
      { initrd: flatten({ images: {} }) },
      'the initrd is not a bundle: it has no /bulkhead node',
    ],
    [
      'its header lies',
      { initrd: changed(bundle(), 8, 0xffff_0000) },
      'the initrd is not a bundle: it has no /bulkhead node',
    ],
  ] as [string, MachineOptions, string][])('%s', (_, options, line) => {
    expect(refusal(options)).toBe(line + remedy)
  })

  test.each<[string, (tree: BundleTree) => void, string]>([
    [
      'it is of another version',
      (tree) => set(tree.bulkhead, 'abi', [2]),
      'the bundle was made for another version of Bulkhead',
    ],
    ['it names no version', (tree) => delete tree.bulkhead.abi, 'the bundle was made for another version of Bulkhead'],
    [
      'it is for another board',
      (tree) => set(tree.bulkhead, 'board', 'raspberrypi,4-model-b'),
      'the bundle was made for another board',
    ],
    [
      'it is for a board whose name begins like ours',
      (tree) => set(tree.bulkhead, 'board', Buffer.from('linux,')),
      'the bundle was made for another board',
    ],
    [
      'it is for a board with a longer name',
      (tree) => set(tree.bulkhead, 'board', 'linux,dummy-virt-2'),
      'the bundle was made for another board',
    ],
    ['it names no board', (tree) => delete tree.bulkhead.board, 'the bundle was made for another board'],
    ['its board has no name', (tree) => set(tree.bulkhead, 'board', true), 'the bundle was made for another board'],
  ])('%s', (_, bend, line) => {
    expect(withNode(bend)).toBe(line + remedy)
  })

  test('a board may be one of several compatible ones', () => {
    const bend = (tree: Node) => set(tree, 'compatible', ['maker,board-2', 'linux,dummy-virt'])
    expect(new Machine({ initrd, bend }).boot()).toBeDefined()
  })

  test('it is cut short, wherever that is', () => {
    const whole = bundle()
    const treeSize = whole.readUInt32BE(4)
    const cuts = [8, 40, 100, treeSize - 1, treeSize, treeSize + 1, treeSize + kernel.length - 1, whole.length - 1]
    for (const cut of [...cuts, ...Array.from({ length: 12 }, (_, i) => Math.floor((whole.length * (i + 0.5)) / 12))]) {
      expect(refusal({ initrd: whole.subarray(0, cut) }), `${cut} bytes`).toMatch(/^the bundle is truncated; /)
    }
  })
})

describe('a VM', () => {
  const remedy = '; change the config and build the bundle again'

  test.each<[string, FakeVm, string]>([
    ['has no RAM', { memory: 0 }, "a VM's memory is wrong"],
    ['has part of a page', { memory: MiB + 512 }, "a VM's memory is wrong"],
    ['has RAM where its devices are', { ram: 0x3ff0_0000 }, "a VM's memory is wrong"],
    ['has RAM that wraps around', { ram: 2 ** 63, memory: 2 ** 63 }, "a VM's memory is wrong"],
    ['has RAM beyond its address space', { ram: 2 ** 39 - MiB, memory: 2 * MiB }, "a VM's memory is wrong"],
    [
      'has more RAM than the board',
      { memory: 2 * GiB },
      "the board's free RAM does not hold a VM's memory in one piece",
    ],
    [
      'has more RAM than there is',
      { memory: 2 ** 38 },
      "the board's free RAM does not hold a VM's memory in one piece",
    ],
    [
      'has an image below its RAM',
      { loads: [{ image: 'kernel', address: RAM - 0x1000 }] },
      "an image does not fit its VM's RAM",
    ],
    [
      'has an image that ends outside',
      { loads: [{ image: 'kernel', address: RAM + 4 * MiB - 0x1000 }] },
      "an image does not fit its VM's RAM",
    ],
    [
      'has an image that needs more than is left',
      { loads: [{ image: 'dtb', address: RAM + 3 * MiB, size: 2 * MiB }] },
      "an image does not fit its VM's RAM",
    ],
    [
      'has an image that wraps around',
      { loads: [{ image: 'dtb', address: RAM, size: 2 ** 53 * 2047 }] },
      "an image does not fit its VM's RAM",
    ],
    ['has an image that is not there', { loads: [{ image: 'ghost' }] }, 'a VM asks for an image that the bundle lacks'],
    ['has an image of half a name', { loads: [{ image: 'kern' }] }, 'a VM asks for an image that the bundle lacks'],
    ['has 17 images', { loads: Array.from({ length: 17 }, () => ({ image: 'dtb' })) }, 'a VM has too many images'],
    ['has no vCPU', { vcpus: 0 }, 'a VM has no vCPU or too many'],
    ['has nine vCPUs', { vcpus: 9 }, 'a VM has no vCPU or too many'],
    ['wants a core that the board lacks', { cores: [4] }, 'a VM wants a core that the board lacks'],
    ['has more vCPUs than cores', { vcpus: 2, cores: [0] }, 'a VM wants a core that the board lacks'],
    ['has two vCPUs on one core', { cores: [1, 1] }, 'two vCPUs want one core'],
  ])('%s', (_, vm, line) => {
    expect(withVm(vm)).toBe(line + remedy)
  })

  test.each<[string, (tree: BundleTree) => void, string]>([
    ['has no cores', (tree) => delete vmNode(tree).cores, 'a VM wants a core that the board lacks'],
    ['has no memory', (tree) => delete vmNode(tree).memory, "a VM's memory is wrong"],
    ['has memory without a size', (tree) => set(vmNode(tree), 'memory', wide(RAM)), "a VM's memory is wrong"],
    [
      'has an image without a hash',
      (tree) => delete (tree.images.dtb as Node)['hash-1'],
      'an image has no crc32 or sha256 hash',
    ],
    [
      'has an image with half a hash',
      (tree) => set((tree.images.dtb as Node)['hash-1'], 'value', [1]),
      'an image has no crc32 or sha256 hash',
    ],
    [
      'has an image with an md5 hash',
      (tree) => set((tree.images.dtb as Node)['hash-1'], 'algo', 'md5'),
      'an image has no crc32 or sha256 hash',
    ],
    ['has an image without data', (tree) => set(tree.images.dtb, 'data-size', [0]), 'the bundle is truncated'],
    [
      'has an image beyond the end',
      (tree) => set(tree.images.dtb, 'data-offset', [0xffff_fffe]),
      'the bundle is truncated',
    ],
    [
      'has an image without a place',
      (tree) => delete (tree.images.dtb as Node)['data-offset'],
      'the bundle is truncated',
    ],
    ['asks for images that no node holds', (tree) => delete (tree as Node).images, 'the bundle has no images'],
    ['has a name of 32 letters', rename('x'.repeat(32)), 'a VM of the bundle has no name or too long a one'],
    ['has no name', rename(''), 'a VM of the bundle has no name or too long a one'],
  ])('%s', (_, bend, line) => {
    expect(withNode(bend)).toBe(line + remedy)
  })

  test('two want one core', () => {
    expect(packed({ vms: { alpha: { cores: [2] }, beta: { cores: [2] } } })).toBe(`two vCPUs want one core${remedy}`)
  })

  test('they have more RAM together than the board', () => {
    const vms = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { memory: 400 * MiB }]))
    expect(packed({ vms })).toBe(`the board's free RAM does not hold a VM's memory in one piece${remedy}`)
  })

  test.each([
    ['none', 0],
    ['seventeen', 17],
  ])('%s of them', (_, count) => {
    const vms = Object.fromEntries(Array.from({ length: count }, (_, i) => [`vm${i}`, { memory: MiB }]))
    expect(refusal({ cpus: 16, initrd: bundle({ vms }) })).toBe('the bundle has no VM, or too many; build it again')
  })

  test('sixteen of them run', () => {
    const vms = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`vm${i}`, { memory: 2 * MiB }]))
    const machine = new Machine({ cpus: 16, initrd: bundle({ vms }) })
    machine.boot()
    expect(machine.cpus.map((_, cpu) => machine.vcpuOn(cpu)?.vm)).toEqual(Array.from({ length: 16 }, (_, i) => i))
  })
})

describe('an image that is not what its hash says', () => {
  const spoilt = (at: number) => {
    const bytes = bundle({ vms: { alpha: {}, beta: { cores: [1], loads: [{ image: 'dtb' }] } } })
    const treeSize = bytes.readUInt32BE(4)
    bytes[treeSize + at]! ^= 1
    return new Machine({ initrd: bytes })
  }

  test('keeps its VM off, its RAM untouched, and the others run', () => {
    const machine = spoilt(kernel.length - 1)
    machine.boot()
    expect([machine.vcpuOn(0), machine.vcpuOn(1)?.vm]).toEqual([undefined, 1])
    expect(machine.lines).toContain(
      "bulkhead | VM 'alpha' cannot start: image 0 does not match its hash; build the bundle again and check the storage it came from",
    )
    const pa = Number(/'alpha': 4 MiB at (0x[0-9a-f]+)/.exec(machine.lines.join('\n'))![1])
    for (let at = pa; at < pa + 4 * MiB; at += 4096) expect(machine.physical.isTouched(at)).toBe(false)
    expect(machine.isOff).toBe(false)
  })

  test('an image that all VMs share keeps all of them off, and the board goes off', () => {
    const machine = spoilt(Math.ceil(kernel.length / 4096) * 4096 + guestDtb.length - 1)
    machine.boot()
    expect(machine.cpus.filter(({ running }) => running)).toEqual([])
    expect(machine.lines.filter((line) => line.includes('cannot start'))).toHaveLength(2)
    expect(machine.lines.at(-1)).toContain('all VMs have ended; the board powers off')
    expect(machine.isOff).toBe(true)
  })
})

function changed(blob: Buffer, at: number, value: number): Buffer {
  blob.writeUInt32BE(value, at)
  return blob
}

function set(node: Node[string], name: string, value: Node[string]): void {
  ;(node as Node)[name] = value
}

function rename(name: string) {
  return (tree: BundleTree) => {
    tree.bulkhead.vms = { [name]: vmNode(tree) }
  }
}
