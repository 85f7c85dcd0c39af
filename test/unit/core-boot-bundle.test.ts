/** Bundles that boot cannot use: one line that says what and what to do, then nothing runs. */
import { describe, expect, test } from 'vitest'
import { MiB } from '../fake/board.ts'
import { type BundleTree, bundle, guestDtb, kernel } from '../fake/bundle.ts'
import { Machine, type MachineOptions } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'
import { flatten, type Node } from '../fake/tree.ts'

const initrd = bundle()
const withNode = (bend: (tree: BundleTree) => void) => refusal({ initrd: bundle({ bend }) })

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
