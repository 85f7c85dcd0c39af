/** Extensions that a bundle brings: mapped where they were linked, or refused with one line. */
import { describe, expect, test } from 'vitest'
import { EXTENSION_STRIDE, EXTENSION_VA } from '../../src/abi/layout.ts'
import { bundle } from '../fake/bundle.ts'
import { extension } from '../fake/extension.ts'
import { Machine } from '../fake/machine.ts'
import { PAGE } from '../fake/physical.ts'
import { refusal } from '../fake/refused.ts'

const ENTROPY = 4
const vms = { alpha: { virtio: [ENTROPY] } }

test('a bundle brings what its VMs need: text is executable, constants are not, nothing is writable', () => {
  const machine = new Machine({ initrd: bundle({ vms }) })
  machine.boot()
  expect(machine.vcpuOn(0)?.vm).toBe(0)
  const rights = (at: number) => rightsAt(machine, EXTENSION_VA + at)
  expect(rights(0)).toBe('read, execute')
  expect(rights(PAGE)).toBe('read')
  expect(rights(2 * PAGE)).toBe('none')
})

test('each has a place of its own, by its number', () => {
  const machine = new Machine({ initrd: bundle({ vms: { alpha: {} }, extensions: { other: extension(3) } }) })
  machine.boot()
  expect(rightsAt(machine, EXTENSION_VA)).toBe('none')
  expect(rightsAt(machine, EXTENSION_VA + 3 * EXTENSION_STRIDE)).toBe('read, execute')
})

test('a VM without virtio devices finds empty slots, and no extension is mapped', () => {
  const machine = new Machine({ initrd: bundle() })
  machine.boot()
  expect(rightsAt(machine, EXTENSION_VA)).toBe('none')
})

describe('refused', () => {
  const remedy = '; build the bundle with the same `bulkhead` as the image'
  const cut = (bytes: Buffer, length: number) => bytes.subarray(0, length)

  test.each<[string, Record<string, Buffer>, string]>([
    ['of another build', { virtio: extension(0, { build: 1n }) }, 'an extension is of another build of the hypervisor'],
    ['of another kind', { virtio: extension(0, { magic: 1 }) }, 'an extension is damaged'],
    ['with a number that is none', { virtio: extension(8) }, 'an extension is damaged'],
    ['without text', { virtio: extension(0, { text: 0 }) }, 'an extension is damaged'],
    ['with half a page of text', { virtio: extension(0, { text: PAGE / 2 }) }, 'an extension is damaged'],
    ['with more text than bytes', { virtio: extension(0, { text: 3 * PAGE }) }, 'an extension is damaged'],
    ['larger than its file', { virtio: extension(0, { size: 3 * PAGE }) }, 'an extension is damaged'],
    ['cut within its header', { virtio: cut(extension(0), 20) }, 'an extension is damaged'],
    ['there twice', { virtio: extension(0), again: extension(0) }, 'an extension is there twice'],
  ])('%s', (_, extensions, line) => {
    expect(refusal({ initrd: bundle({ vms, extensions }) })).toBe(line + remedy)
  })

  test('not what its hash says', () => {
    const bytes = bundle({ vms })
    bytes[bytes.length - 1]! ^= 1
    expect(refusal({ initrd: bytes })).toBe(`an extension is damaged${remedy}`)
  })

  test.each([
    ['a device', { alpha: { virtio: [ENTROPY] } }],
    ['a disk', { alpha: { disks: [{ size: 4096 }] } }],
  ])('missing, though a VM has %s', (_, vms) => {
    expect(refusal({ initrd: bundle({ vms, extensions: {} }) })).toBe(
      'the bundle lacks an extension that its VMs need; change the config and build the bundle again',
    )
  })
})

function rightsAt(machine: Machine, va: number): string {
  const leaf = machine.mmu.walk(va)
  if (!leaf) return 'none'
  return ['read', leaf.writable && 'write', leaf.executable && 'execute'].filter(Boolean).join(', ')
}
