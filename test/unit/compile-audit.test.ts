/** The audit names the function and the reason for everything that may not run at EL2. */
import { afterAll, expect, test } from 'vitest'
import { moduleOf } from '../../tool/compile/module-cache.ts'
import { sourceTree } from '../fake/source-tree.ts'

const tree = sourceTree()
afterAll(() => tree.remove())

let count = 0
async function build(source: string, name: 'core' | 'vmm' = 'core') {
  const entry = `src/${name}/try-${count++}.ts`
  tree.write(entry, source)
  return moduleOf({ root: tree.root, outDir: tree.root, name, entry })
}

const REFUSED: [string, string, RegExp][] = [
  [
    'a float parameter',
    'export function third(x: f64): void { store<f64>(8, x / 3) }',
    /audit of core: src\/core\/try-\d+\/third: f64: EL2 has no floating point/,
  ],
  [
    'a float inside',
    'export function half(x: u32): u32 { return <u32>(<f32>x * 0.5) }',
    /try-\d+\/half: f32: EL2 has no floating point/,
  ],
  ['growth', 'export function more(): i32 { return memory.grow(1) }', /try-\d+\/more: memory\.grow/],
  ['asking for the size', 'export function size(): i32 { return memory.size() }', /try-\d+\/size: memory\.size/],
  [
    'recursion',
    `export function even(n: u32): u32 { return n ? odd(n - 1) : 1 }
     function odd(n: u32): u32 { store<u32>(n, 1); return n ? even(n - 1) : 0 }`,
    /recursion: src\/core\/try-\d+\/(even|odd) -> /,
  ],
  [
    'an object on the heap',
    `class Point { x: u32 = 1 }
     export function make(): u32 { return new Point().x }`,
    /audit of core: src\/core\/try-\d+\/make: uses the heap/,
  ],
  [
    'a string that is put together',
    `export function greet(n: u32): i32 { return ('VM ' + n.toString()).length }`,
    /try-\d+\/greet: uses the heap/,
  ],
  [
    "a question to asc's own string",
    `export function third(): i32 { return 'abc'.charCodeAt(2) }`,
    /try-\d+\/third: asks a string; texts are bytes that src\/lib\/literal.ts reads/,
  ],
  [
    'a function as a value',
    `let action: (n: u32) => u32 = (n: u32): u32 => n + 1
     export function set(n: u32): void { action = n ? (n: u32): u32 => n : (n: u32): u32 => n * 3 }
     export function run(n: u32): u32 { return action(n) }`,
    /try-\d+\/run: call_indirect/,
  ],
  [
    'an offset beyond the guard',
    'export function far(at: usize): u32 { return load<u32>(at, 0x10000) }',
    /try-\d+\/far: offset 65536 of a load or store/,
  ],
  ['a mutable global for all', 'export let level: u32 = 1', /export level: a mutable global/],
]

test.each(REFUSED)('refuses %s', async (_, source, message) => {
  await expect(build(source)).rejects.toThrow(message)
})

test('lets pass what EL2 needs', async () => {
  const { interface: found } = await build(`
    const table = memory.data<u32>([1, 2, 3])
    let turns: u32 = 0
    export function step(at: usize, n: u32): u64 {
      for (let i: u32 = 0; i < n; i++) turns += load<u32>(table + ((i % 3) << 2))
      memory.copy(at, table, 12)
      return atomic.add<u64>(at, turns) + rotl<u64>(n, 3)
    }`)
  expect(found).toEqual({ imports: [], exports: { step: { params: ['i32', 'i32'], result: 'i64' } } })
})

test('an error of asc is one line with its place', async () => {
  await expect(build('export function f(): u32 {\n  return nothing\n}')).rejects.toThrow(
    /^src\/core\/try-\d+\.ts:2 Cannot find name 'nothing'\.$/,
  )
})
