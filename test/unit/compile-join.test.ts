/** The join finds every import's provider, or says by name what does not fit. */
import { expect, test } from 'vitest'
import { checkJoin, type Joined, readPrimitives } from '../../tool/compile/join.ts'
import type { Import, Signature } from '../../tool/compile/signature.ts'

const VALUE: Signature = { params: ['i64'], result: 'i64' }
const primitives = readPrimitives(`
  static inline u64 w2c_hw_esr_el2(struct w2c_hw* hw) { return 0; }
  static inline __attribute__((always_inline)) void w2c_hw_store64(struct w2c_hw* hw, u64 va, u32 n) { }
`)

function modules(imports: Partial<Record<'core' | 'vmm' | 'host', Import[]>>): Joined[] {
  return [
    { name: 'core', interface: { imports: imports.core ?? [], exports: { half: VALUE } }, primitives },
    { name: 'vmm', interface: { imports: imports.vmm ?? [], exports: { double: VALUE } }, primitives: new Map() },
    { name: 'host', interface: { imports: imports.host ?? [], exports: { put: VALUE } }, primitives: new Map() },
  ]
}

test('reads primitives with their signatures', () => {
  expect(Object.fromEntries(primitives)).toEqual({
    esr_el2: { params: [], result: 'i64' },
    store64: { params: ['i64', 'i32'], result: undefined },
  })
})

test('accepts what fits; a vmm call has the VM index in front', () => {
  const core: Import[] = [
    { module: 'hw', name: 'esr_el2', params: [], result: 'i64' },
    { module: 'vmm', name: 'double', params: ['i32', 'i64'], result: 'i64' },
    { module: 'host', name: 'put', ...VALUE },
    { module: 'link', name: 'vmmMemorySize', params: [], result: 'i32' },
    { module: 'env', name: 'abort', params: ['i32', 'i32', 'i32', 'i32'], result: undefined },
  ]
  checkJoin(modules({ core, vmm: [{ module: 'core', name: 'half', ...VALUE }] }))
})

const MISFITS: [string, 'core' | 'vmm' | 'host', Import, string][] = [
  [
    'a missing export',
    'core',
    { module: 'host', name: 'beep', params: [], result: undefined },
    'core imports host.beep: src/host does not define it',
  ],
  [
    'a missing primitive',
    'core',
    { module: 'hw', name: 'far_el2', params: [], result: 'i64' },
    'core imports hw.far_el2: boot/hw.h does not define it',
  ],
  [
    'another signature',
    'vmm',
    { module: 'core', name: 'half', params: ['i32'], result: 'i64' },
    'vmm imports core.half as (i32) -> i64, but src/core defines (i64) -> i64',
  ],
  [
    'a vmm call without its VM',
    'core',
    { module: 'vmm', name: 'double', ...VALUE },
    'core imports vmm.double as (i64) -> i64, but src/vmm defines (i32, i64) -> i64',
  ],
  [
    'a door that the module has not',
    'vmm',
    { module: 'hw', name: 'esr_el2', params: [], result: 'i64' },
    'vmm imports hw.esr_el2: vmm may import only from env, ram, core',
  ],
  [
    'a runtime function',
    'host',
    { module: 'env', name: 'seed', params: [], result: 'i64' },
    'host imports env.seed: the build does not define it',
  ],
]

test.each(MISFITS)('names %s', (_, importer, wanted, message) => {
  expect(() => checkJoin(modules({ [importer]: [wanted] }))).toThrow(message)
})

test('names all misfits at once', () => {
  const imports = { core: [MISFITS[0]![2]], vmm: [MISFITS[2]![2]] }
  expect(() => checkJoin(modules(imports))).toThrow(/core imports host\.beep.*\nvmm imports core\.half/)
})
