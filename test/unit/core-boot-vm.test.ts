/** VMs that the board cannot have: one line that says what and what to do, then nothing runs. */
import { describe, expect, test } from 'vitest'
import { GiB, MiB, wide } from '../fake/board.ts'
import { type BundleOptions, type BundleTree, bundle, type FakeVm, kernel, RAM } from '../fake/bundle.ts'
import { Machine } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'
import type { Node } from '../fake/tree.ts'

const packed = (options: BundleOptions) => refusal({ initrd: bundle(options) })
const withVm = (vm: FakeVm) => packed({ vms: { alpha: vm } })
const withNode = (bend: (tree: BundleTree) => void) => packed({ bend })
const vmNode = (tree: BundleTree) => tree.bulkhead.vms.alpha as Node

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
    [
      'has a seed that begins outside its image',
      { loads: [{ image: 'kernel', seeds: { 'rng-seed': [0xffff_fff0, 0] } }] },
      'a seed has no room in its image',
    ],
    [
      'has a seed that ends outside its image',
      { loads: [{ image: 'kernel', seeds: { 'kaslr-seed': [kernel.length - 19, 0] } }] },
      'a seed has no room in its image',
    ],
    ['has an image that is not there', { loads: [{ image: 'ghost' }] }, 'the bundle lacks an image that it names'],
    ['has an image of half a name', { loads: [{ image: 'kern' }] }, 'the bundle lacks an image that it names'],
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

function set(node: Node[string], name: string, value: Node[string]): void {
  ;(node as Node)[name] = value
}

function rename(name: string) {
  return (tree: BundleTree) => {
    tree.bulkhead.vms = { [name]: vmNode(tree) }
  }
}
