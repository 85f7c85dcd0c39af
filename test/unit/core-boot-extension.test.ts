/** Extensions that a bundle brings: mapped where they were linked, or refused with one line. */
import { describe, expect, test } from 'vitest'
import { LITERALS_CORE, LITERALS_HOST, LITERALS_VMM } from '../../src/abi/extension.ts'
import { EXTENSION_STRIDE, EXTENSION_VA, HOST_SLOT, SLOT_SHIFT, VMM_SLOT } from '../../src/abi/layout.ts'
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

test('texts of an extension come to core, to host and to each VM, where each expects them', () => {
  const at = PAGE + 0xf00
  const literals = [
    { module: LITERALS_CORE, at, words: 'to core' },
    { module: LITERALS_VMM, at, words: 'to a vmm' },
    { module: LITERALS_HOST, at, words: 'to host' },
  ]
  const machine = new Machine({ initrd: bundle({ vms, extensions: { virtio: extension(0, { literals }) } }) })
  const before = Buffer.from(machine.core.memory.buffer, at, 16).toString('latin1')
  expect(before).not.toContain('to core')
  machine.boot()
  expect(Buffer.from(machine.core.memory.buffer, at, 7).toString()).toBe('to core')
  const inSlot = (slot: number, length: number) =>
    machine.physical.read(machine.mmu.translate(slot * 2 ** SLOT_SHIFT + at, 'read'), length).toString()
  expect(inSlot(VMM_SLOT, 8)).toBe('to a vmm')
  expect(inSlot(HOST_SLOT, 7)).toBe('to host')
})

describe('refused', () => {
  const remedy = '; build the bundle with the same `bulkhead` as the image'
  const cut = (bytes: Buffer, length: number) => bytes.subarray(0, length)

  test.each<[string, Record<string, Buffer>, string]>([
    ['of another build', { virtio: extension(0, { build: 1n }) }, 'an extension is of another build of the hypervisor'],
    ['of another kind', { virtio: extension(0, { magic: 1 }) }, 'an extension is damaged'],
    ['with a number that is none', { virtio: extension(16) }, 'an extension is damaged'],
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
