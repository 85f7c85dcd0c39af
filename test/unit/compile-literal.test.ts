/** String literals are ASCII bytes with a NUL, once each; what is no text of the program stays what it was. */
import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { moduleOf } from '../../tool/compile/module-cache.ts'
import { sourceTree } from '../fake/source-tree.ts'

const tree = sourceTree()
afterAll(() => tree.remove())

async function build(text: string, name: 'core' | 'guest' = 'core') {
  const entry = `src/${name}/literal-${name}.ts`
  tree.write(entry, text)
  const module = await moduleOf({ root: tree.root, outDir: tree.root, name, entry })
  return { module, wasm: new Uint8Array(readFileSync(module.path)) }
}

test('a literal is its bytes and a NUL, however often it is written', async () => {
  const { wasm } = await build(`
    const REFUSAL: string = 'no such thing'
    @unmanaged class Pair { a: u32; b: u32 }
    if (offsetof<Pair>('b') != 4) ERROR('moved')
    export function first(): usize { return changetype<usize>('no such thing') }
    export function second(): usize { return changetype<usize>(REFUSAL) }
    export function other(on: bool): usize { return changetype<usize>(on ? 'yes' : '') }
  `)
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { abort: () => {} } })
  const { memory, first, second, other } = instance.exports as unknown as {
    memory: WebAssembly.Memory
    first(): number
    second(): number
    other(on: number): number
  }
  const at = (address: number, count: number) => Buffer.from(memory.buffer, address, count).toString('latin1')
  expect(at(first(), 14)).toBe('no such thing\0')
  expect(second()).toBe(first())
  expect([at(other(1), 4), at(other(0), 1)]).toEqual(['yes\0', '\0'])
  expect(Buffer.from(wasm).toString('latin1').split('no such thing').length - 1).toBe(1)
})

test('a literal that is not ASCII is refused', async () => {
  await expect(build(`export function greet(): usize { return changetype<usize>('caf\\u00e9') }`)).rejects.toThrow(
    'the literal "café" is not ASCII',
  )
})
