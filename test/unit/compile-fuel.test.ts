/** Fuel ends loops that do not end by themselves, and only those. */
import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { moduleOf } from '../../tool/compile/module-cache.ts'
import { sourceTree } from '../fake/source-tree.ts'

const SOURCE = `
let fuelled: u32 = 0
export function forever(): void { while (true) fuelled++ }
export function count(): u32 { return fuelled }
export function nested(n: u32): u32 {
  let sum: u32 = 0
  for (let i: u32 = 0; i < n; i++) for (let j: u32 = 0; j < n; j++) sum += load<u32>((i ^ j) << 2)
  return sum
}
export function straight(n: u32): u32 { return n * 3 }
`

const tree = sourceTree({ 'src/vmm/loops.ts': SOURCE, 'src/core/loops.ts': SOURCE })
afterAll(() => tree.remove())

/** What an instance holds until core fills it. */
const FULL_TANK = 2 ** 32 - 1

async function start(name: 'vmm' | 'core', fuel: number) {
  const module = await moduleOf({ root: tree.root, outDir: tree.root, name, entry: `src/${name}/loops.ts` })
  const wasm = new Uint8Array(readFileSync(module.path))
  const patched = fuel === FULL_TANK ? wasm : withFuel(wasm, fuel)
  const stop = () => {
    throw new Error('out of fuel')
  }
  const instance = new WebAssembly.Instance(new WebAssembly.Module(patched), { env: { fuel: stop, abort: stop } })
  return instance.exports as unknown as Record<string, (n?: number) => number>
}

/** Sets the only i32 global that starts as -1; a tank of one byte keeps the binary's length. */
function withFuel(wasm: Uint8Array<ArrayBuffer>, fuel: number): Uint8Array<ArrayBuffer> {
  const initial = Buffer.from([0x7f, 0x01, 0x41, 0x7f, 0x0b])
  const at = Buffer.from(wasm).indexOf(initial)
  expect(at).toBeGreaterThan(0)
  const patched = new Uint8Array(wasm)
  patched[at + 3] = fuel
  return patched
}

test('an endless loop ends after 256 turns a unit', async () => {
  const { forever, count } = await start('vmm', 20)
  expect(() => forever!()).toThrow('out of fuel')
  expect(count!()).toBe(20 * 256)
})

test('a tank lasts for what fits', async () => {
  const { nested } = await start('vmm', 40)
  expect(nested!(16)).toBe(0)
})

test('many short loops cost as much as one long one', async () => {
  const { nested } = await start('vmm', 40)
  expect(() => nested!(1000)).toThrow('out of fuel')
})

test('code without loops needs none', async () => {
  const { straight } = await start('vmm', 0)
  expect(straight!(5)).toBe(15)
})

test('core, which is trusted, is not charged', async () => {
  const module = await moduleOf({ root: tree.root, outDir: tree.root, name: 'core', entry: 'src/core/loops.ts' })
  expect(module.interface.imports).toEqual([])
})
