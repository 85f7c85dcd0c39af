/** Modules of a kernel package: those that a module needs come along, before it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { collectModules } from '../../tool/setup/kernel-module.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-modules-'))
afterAll(() => rmSync(folder, { recursive: true }))

mkdirSync(join(folder, '6.1/kernel/drivers'), { recursive: true })
const put = (name: string, depends: string) =>
  writeFileSync(join(folder, '6.1/kernel/drivers', name), `\x7fELF\0license=GPL\0depends=${depends}\0name=x\0`)
put('virtio.ko', '')
put('virtio_ring.ko', 'virtio')
put('virtio-rng.ko', 'virtio_ring,virtio')
put('packed.ko.xz', '')

const names = async (...wanted: string[]) => (await collectModules(folder, wanted)).map(({ name }) => name)

test('dependencies first, each once, however names are spelled', async () => {
  expect(await names('virtio_rng', 'virtio')).toEqual(['virtio', 'virtio_ring', 'virtio-rng'])
  expect(await names('virtio')).toEqual(['virtio'])
})

test('a module that is not there, or packed, is refused by name', async () => {
  await expect(names('virtio_rnng')).rejects.toThrow(
    "the kernel has no module 'virtio_rnng'; did you mean 'virtio_rng'?",
  )
  await expect(names('packed')).rejects.toThrow(/packed\.ko\.xz is compressed/)
})
