/** The whole way on a small tree: lines survive, bytes repeat, traps and stacks name their places. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  EXTENSION_LITERALS,
  EXTENSION_TEXT,
  LITERALS_CORE,
  LITERALS_HOST,
  LITERALS_VMM,
} from '../../src/abi/extension.ts'
import { buildHypervisor, type Hypervisor } from '../../tool/compile/hypervisor.ts'
import { withLines } from '../../tool/compile/lines.ts'
import { run } from '../../tool/compile/process.ts'
import { toolchain } from '../../tool/compile/tool-path.ts'
import { type SourceTree, sourceTree } from '../fake/source-tree.ts'

const VMM = `/** A module whose lines the tests know. */
import { half } from './core'

let calls: u32 = 0

export function double(value: u64): u64 {
  assert(value < 1000)
  calls++
  if (calls == 3) unreachable()
  return half(value) / calls
}
`

let tree: SourceTree
let built: Hypervisor
beforeAll(async () => {
  tree = sourceTree({ 'src/vmm/main.ts': VMM })
  built = await buildHypervisor({ root: tree.root })
})
afterAll(() => tree.remove())

const disassemble = (symbol: string) =>
  run(toolchain().objdump, ['-d', '-l', '--no-show-raw-insn', `--disassemble-symbols=${symbol}`, built.elf], tree.root)

test('addresses of all modules have AssemblyScript lines', async () => {
  expect(await disassemble('w2c_vmm_double')).toMatch(/; \.\/src\/vmm\/main\.ts:10\n(?:\d.*\n)*.*udiv/)
  expect(await disassemble('w2c_core_onSync')).toMatch(/; \.\/src\/core\/main\.ts:7\n/)
  expect(await disassemble('w2c_host_put')).toMatch(/; \.\/src\/host\/main\.ts:2\n/)
})

test('a trap carries module, code, file and line', async () => {
  const code = await disassemble('w2c_vmm_double')
  const trap = (what: number, line: number) =>
    new RegExp(`mov\\s+w0, #0x1\\s(.*\\n)*?.*mov\\s+w1, #0x${what}\\s(.*\\n)*?.*mov\\s+w3, #0x${line.toString(16)}\\s`)
  expect(code).toMatch(trap(7, 7))
  expect(code).toMatch(trap(1, 9))
  expect(code).toMatch(trap(2, 10))
  expect(readFileSync(built.image).includes('vmm/main\0')).toBe(true)
})

test('markers change nothing but lines', () => {
  const c = readFileSync(join(tree.root, 'build/gen/vmm.raw.c'), 'utf8')
  const body = c.slice(c.indexOf('u64 w2c_vmm_src0x2Fvmm0x2Fmain0x2Fdouble(w2c_vmm* instance'))
  const { places } = JSON.parse(readFileSync(join(tree.root, 'build/wasm/vmm.json'), 'utf8')).value
  const statements = (text: string) =>
    text
      .replace(/#(line|define|undef).*/g, '')
      .split(/\s+/)
      .join(' ')
      .trim()
  const marker = /\s*var_j\d+ = 55\d{17}ull;/g
  expect(body.match(marker)?.length).toBe(4)
  expect(statements(withLines(body, places))).toBe(statements(body.replace(marker, '')))
})

test('the linker script keeps modules and permissions apart', async () => {
  const text = await run(toolchain().readelf, ['-sW', built.elf], tree.root)
  const at = (name: string) => Number.parseInt(new RegExp(`([0-9a-f]{16}).* ${name}$`, 'm').exec(text)?.[1] ?? '', 16)
  const order = ['__text_start', '__core_text_start', 'w2c_core_onSync', '__core_text_end', 'w2c_vmm_double']
  const rest = [
    '__vmm_text_end',
    'w2c_host_put',
    '__host_text_end',
    '__text_end',
    '__rodata_end',
    '__data_end',
    '__image_end',
  ]
  const places = [...order, ...rest].map(at)
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(at('__text_start')).toBe(0x40_0000_0000)
  expect(at('__image_file_size')).toBe(built.size)
  for (const edge of ['__text_end', '__rodata_end', '__data_end', '__core_memory_end', '__bss_end'])
    expect(at(edge) % 4096).toBe(0)
})

test('texts that only an extension says go with it, and with the place where they belong', async () => {
  const main = `import { beginMonitor } from './monitor'
export function put(ch: u32): u32 { return beginMonitor() + <u32>changetype<usize>('of both') }
`
  const monitor = `export const SHARED = 'of anybody'
export function beginMonitor(): u32 {
  return load<u8>(changetype<usize>('of the extension')) + load<u8>(changetype<usize>('of both')) + load<u8>(changetype<usize>(SHARED))
}
`
  const other = sourceTree({ 'src/host/main.ts': main, 'src/host/monitor.ts': monitor })
  try {
    const { image, extensions } = await buildHypervisor({ root: other.root })
    const own = readFileSync(extensions.control!)
    const text = 'of the extension'
    for (const shared of ['of both', 'of anybody']) expect(readFileSync(image).includes(shared)).toBe(true)
    expect(readFileSync(image).includes(text)).toBe(false)
    expect(own.subarray(Number(own.readBigUInt64LE(EXTENSION_TEXT))).toString('latin1', 0, text.length)).toBe(text)
    const words = (module: number) => [0, 4].map((at) => own.readUInt32LE(EXTENSION_LITERALS + 8 * module + at))
    const [at, length] = words(LITERALS_HOST)
    expect([words(LITERALS_CORE), words(LITERALS_VMM), length]).toEqual([[0, 0], [0, 0], text.length])
    const wasm = readFileSync(join(other.root, 'build/wasm/host.wasm'))
    const instance = await WebAssembly.instantiate(wasm, { env: { fuel: () => {}, abort: () => {} } })
    const { memory } = instance.instance.exports as { memory: WebAssembly.Memory }
    expect(Buffer.from(memory.buffer, at, length).toString()).toBe(text)
  } finally {
    other.remove()
  }
})

test('the stack of an entry is that of its deepest call', () => {
  const onSync = built.stacks.find(({ entry }) => entry === 'w2c_core_onSync')!
  expect(onSync.path).toEqual(['w2c_core_onSync', 'w2c_vmm_double'])
  expect(onSync.bytes).toBeGreaterThanOrEqual(32)
  expect(onSync.bytes).toBeLessThan(built.stackLimit)
})

test('two builds in two folders give the same bytes', async () => {
  const other = sourceTree({ 'src/vmm/main.ts': VMM })
  try {
    const again = await buildHypervisor({ root: other.root })
    expect(readFileSync(again.image).equals(readFileSync(built.image))).toBe(true)
    expect(readFileSync(again.elf).equals(readFileSync(built.elf))).toBe(true)
  } finally {
    other.remove()
  }
})

test('a test build takes the place of one entry', async () => {
  tree.write(
    'test/fault/vmm.ts',
    `export function double(value: u64): u64 { while (true) store<u64>(4096, value++) }\n`,
  )
  const outDir = join(tree.root, 'build/fault')
  const fault = await buildHypervisor({ root: tree.root, outDir, entries: { vmm: 'test/fault/vmm.ts' } })
  expect(readFileSync(fault.image).includes('../test/fault/vmm\0')).toBe(true)
  expect(readFileSync(built.image).includes('../test/fault/vmm\0')).toBe(false)
})

test('an unchanged tree is not built again', async () => {
  const before = readFileSync(join(tree.root, 'build/hypervisor.json'), 'utf8')
  const started = performance.now()
  expect(await buildHypervisor({ root: tree.root })).toEqual(built)
  expect(performance.now() - started).toBeLessThan(2000)
  expect(readFileSync(join(tree.root, 'build/hypervisor.json'), 'utf8')).toBe(before)
})
