/** Bare-metal guests: a program with the kit's start, or assembly alone; flat, header first, anywhere. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { buildGuest } from '../../tool/compile/guest.ts'
import { run } from '../../tool/compile/process.ts'
import { toolchain } from '../../tool/compile/tool-path.ts'
import { sourceTree } from '../fake/source-tree.ts'

const START = `/* Start. */
.section .head.text, "ax"
    .ascii "HEAD"
    bl guest_instantiate
    bl w2c_guest_main
.text
.global bulkhead_trap
.global memcpy
bulkhead_trap:
memcpy:
    b .
`
const tree = sourceTree({
  'boot/guest.S': START,
  'boot/block.S': '/* START has what the program calls. */\n',
  'boot/guest.h': 'struct w2c_hw;\nWASM_INLINE void w2c_hw_wfi(struct w2c_hw *hw) { __asm__ volatile("wfi"); }\n',
  'src/guest/hw.ts': 'export declare function wfi(): void\n',
  'example/idle.ts': `import { wfi } from '../src/guest/hw'
const table = memory.data<u32>([7, 8, 9])
let turns: u32 = 0
export function main(): void {
  for (;;) {
    turns += load<u32>(table)
    wfi()
  }
}
`,
  'test/guest/tiny.S': '/* One question. */\n.section .head.text, "ax"\n    .ascii "TINY"\n    hvc #0\n',
})
afterAll(() => tree.remove())

const addressOf = async (elf: string, name: string) => {
  const symbols = await run(toolchain().readelf, ['-sW', elf], tree.root)
  return Number.parseInt(new RegExp(`([0-9a-f]{16}).* ${name}$`, 'm').exec(symbols)?.[1] ?? '', 16)
}

test('a program is linked behind its start, its memory is not in the file', async () => {
  const { elf, image, size } = await buildGuest({ root: tree.root, entry: 'example/idle.ts', out: 'build/idle.img' })
  expect(readFileSync(image).subarray(0, 4).toString()).toBe('HEAD')
  expect(size).toBe(statSync(image).size)
  expect(size).toBeLessThan(1024)
  expect(await addressOf(elf, '__image_start')).toBe(0x4008_0000)
  const memory = await addressOf(elf, 'guest_memory')
  expect(memory).toBeGreaterThanOrEqual(0x4008_0000 + size)
  expect(await addressOf(elf, '__image_end')).toBeGreaterThan(memory)
  const code = await run(toolchain().objdump, ['-d', '-l', '--disassemble-symbols=w2c_guest_main', elf], tree.root)
  expect(code).toMatch(/example\/idle\.ts:7\n.*wfi/)
})

test('assembly stands alone, where it wants to be', async () => {
  const entry = join(tree.root, 'test/guest/tiny.S')
  const { elf, image, size } = await buildGuest({ root: tree.root, entry, out: 'build/tiny.img', base: 0x4028_0000 })
  expect(size).toBe(8)
  expect(readFileSync(image).toString('latin1')).toBe('TINY\x02\x00\x00\xd4')
  expect(await addressOf(elf, '__image_start')).toBe(0x4028_0000)
})
