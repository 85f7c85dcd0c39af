/** Extensions: what the linker is told of them, and that only their doors are called from elsewhere. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as abi from '../../src/abi/extension.ts'
import { checkDoors, extensionScript, moduleTable } from '../../tool/compile/extension.ts'
import { EXTENSIONS } from '../../tool/compile/extension-list.ts'
import { readCode } from '../../tool/compile/stack.ts'
import { ROOT } from '../../tool/config/project.ts'

/** vmm's `plug` comes in there. */
const door = 'vmm__virtio__device__attach'

/** Disassembly of functions in the image and in the first extension, each with what it calls. */
function disassembly(image: Record<string, string[]>, extension: Record<string, string[]>): string {
  const addresses = new Map(
    [...Object.keys(image), ...Object.keys(extension)].map((name, i) => [name, 0x4000 + 16 * i]),
  )
  const hex = (name: string) => addresses.get(name)!.toString(16)
  const label = (name: string) => name.replace(/#.*/, '')
  const functions = (of: Record<string, string[]>) =>
    Object.entries(of).flatMap(([name, calls]) => [
      `${hex(name).padStart(16, '0')} <${label(name)}>:`,
      ...calls.map((callee) => `    4000:      bl      0x${hex(callee)} <${label(callee)}>`),
    ])
  return [
    'Disassembly of section .text:',
    ...functions(image),
    `Disassembly of section .extension.${EXTENSIONS[0]!.name}:`,
    ...functions(extension),
  ].join('\n')
}

const check = (...functions: Parameters<typeof disassembly>) => checkDoors(readCode(disassembly(...functions)))

describe('calls into an extension', () => {
  test('through a door, from within, and from it into the image are right', () => {
    check({ bus: [door], lock: [] }, { [door]: ['serve'], serve: ['lock'] })
  })

  test('past the doors are refused by name', () => {
    expect(() => check({ bus: ['serve'] }, { [door]: [], serve: [] })).toThrow(
      'bus calls serve, which is in extension virtio and not one of its doors',
    )
  })

  test('from what clang moved out of its functions are its own, and names that repeat are no matter', () => {
    const moved = 'OUTLINED_FUNCTION_1'
    check({ bus: [`${moved}#2`], [moved]: ['serve'], [`${moved}#2`]: [] }, { [door]: [moved], serve: [] })
    expect(() => check({ bus: [moved], [moved]: ['serve'] }, { [door]: [moved], serve: [] })).toThrow('calls serve')
  })
})

test('numbers are those of src/abi', () => {
  const known = new Map<string, number>(Object.entries(abi))
  const numbers = EXTENSIONS.map(({ name }) => known.get(`EXTENSION_${name.toUpperCase()}`))
  expect(numbers).toEqual(EXTENSIONS.map((_, i) => i))
})

test('files, and doors in them, exist', () => {
  for (const { files, doors } of EXTENSIONS) {
    const places = Object.values(files).flatMap((list) => list.map((path) => path.replace(/\/\*$/, '')))
    for (const path of places)
      expect(existsSync(join(ROOT, path)) || existsSync(join(ROOT, `${path}.ts`)), path).toBe(true)
    for (const door of Object.values(doors).flat()) {
      expect(
        places.some((path) => door.startsWith(`${path}/`)),
        door,
      ).toBe(true)
      const [file, name] = [door.replace(/\/\w+$/, ''), door.replace(/.*\//, '')]
      expect(readFileSync(join(ROOT, `${file}.ts`), 'utf8')).toContain(`export function ${name}(`)
    }
  }
})

test('the linker gets a section for each, and the image what every module has where', () => {
  expect(extensionScript()).toMatch(/\.extension\.virtio \(EXTENSION_VA \+ 0 \* EXTENSION_STRIDE\)/)
  expect(moduleTable()).toContain(
    'LONG(__extension_virtio_vmm - IMAGE_VA) LONG((__extension_virtio_vmm_end - __extension_virtio_vmm) * 16 + 1)',
  )
})
