/** What a boot loader can get wrong: each ends in one line that says so, and nothing runs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { type Board, withBoard } from './harness/board.ts'
import { bareLoaded, type Edit, loadedAt, machineArguments } from './harness/boot-loader.ts'
import { NEIGHBOUR } from './harness/neighbour.ts'
import { type Packed, packed } from './harness/system.ts'

let system: Packed
let bundle: Buffer
beforeAll(async () => {
  system = await packed({ name: 'boot-input', vms: [NEIGHBOUR] })
  bundle = readFileSync(system.bundle)
})

/** One line, no more, and no core has anything left to do. */
async function expectParked(board: Board, line: RegExp): Promise<void> {
  await board.asleep(30)
  expect(board.text.trimEnd().split('\n')).toEqual([expect.stringMatching(line)])
  expect(board.isRunning).toBe(true)
}

const stops = (why: string) => new RegExp(`^(bulkhead \\| )?stop: ${why}; \\S.*\\r?$`)

test.each([
  ['0', 0n],
  ['no multiple of 8', 0x4800_0001n],
  ['RAM without a tree', 0x4400_0000n],
  ['the last bytes of RAM', 0x5fff_fff8n],
  ['behind RAM', 0x6000_0000n],
  ['a device', 0x0900_0000n],
  ['beyond any memory', 0x7f_ffff_fff8n],
  ['beyond what an address can be', 0xdead_beef_dead_beefn & ~7n],
])('x0 = %s', async (_, x0) => {
  const args = loadedAt(0x4200_0000, system, 'x0', x0)
  await withBoard({ args }, (board) => expectParked(board, stops('no device tree: x0 holds none')))
})

test.each<[string, string, Edit]>([
  ['no console', 'the device tree names no console', (dts) => dts.replace(/stdout-path = .*/, '')],
  ['no memory', 'the device tree names no memory', (dts) => dts.replace(/\tmemory@\w+ \{[^}]*\};/, '')],
  ['no GIC', 'no interrupt controller that we drive', (dts) => dts.replace(/"arm,gic-v3"/, '"arm,gic-v9"')],
  ['no initrd', 'no bundle: the boot loader passed no initrd', (dts) => dts.replace(/linux,initrd-end = [^;]*;/, '')],
  ['an initrd outside RAM', 'the initrd lies outside memory', (dts) => dts.replace(/(initrd-\w+ = <0x)5/g, '$19')],
  ['an initrd of all there is', 'the initrd lies outside memory', (dts) => dts.replace(/(initrd-end = <)0x5/, '$10xf')],
])('a tree with %s', async (name, line, edit) => {
  const args = await bareLoaded(system, name.replaceAll(' ', '-'), {}, edit)
  await withBoard({ args }, (board) => expectParked(board, stops(line)))
})

/** The bundle after `change`, as QEMU's initrd; undefined leaves it out. */
function withInitrd(name: string, bytes?: Uint8Array, machine = {}): string[] {
  const file = `${system.bundle}.${name}`
  if (bytes) writeFileSync(file, bytes)
  return [...machineArguments(machine), '-kernel', system.image, ...(bytes ? ['-initrd', file] : [])]
}

test('no initrd', async () => {
  await withBoard({ args: withInitrd('none') }, (board) => expectParked(board, stops('no bundle: the .* no initrd')))
})

test.each<[string, string, (bundle: Buffer) => Uint8Array]>([
  ['zeroes', 'the initrd is not a bundle: wrong magic', () => Buffer.alloc(65536)],
  ['four bytes', 'the initrd is not a bundle: wrong magic', (whole) => whole.subarray(0, 4)],
  ['its first sector', 'the bundle is truncated', (whole) => whole.subarray(0, 512)],
  ['half its tree', 'the bundle is truncated', (whole) => whole.subarray(0, whole.readUInt32BE(4) / 2)],
  ['its tree alone', 'the bundle is truncated', (whole) => whole.subarray(0, whole.readUInt32BE(4))],
  ['half its images', 'the bundle is truncated', (whole) => whole.subarray(0, whole.length / 2)],
  [
    'another board',
    'the bundle was made for another board',
    (whole) => changed(whole, 'linux,dummy-virt', 'linux,dummy-vert'),
  ],
  ['another version', 'the bundle was made for another version of Bulkhead', otherAbi],
  [
    'a tree without VMs',
    'the initrd is not a bundle: it has no /bulkhead node',
    (whole) => changed(whole, 'bulkhead\0', 'bulkheap\0'),
  ],
])('initrd: %s', async (name, line, change) => {
  const args = withInitrd(name.replaceAll(' ', '-'), change(bundle))
  await withBoard({ args }, (board) => expectParked(board, stops(line)))
})

/** Every occurrence in the tree. */
function changed(whole: Buffer, from: string, to: string): Buffer {
  const tree = whole.readUInt32BE(4)
  const text = whole.subarray(0, tree).toString('latin1').replaceAll(from, to)
  return Buffer.concat([Buffer.from(text, 'latin1'), whole.subarray(tree)])
}

/** The property as its token, length, name and value stand in the structure block. Devicetree Specification, "Lexical structure". */
function otherAbi(whole: Buffer): Buffer {
  const name = whole.indexOf('abi\0', whole.readUInt32BE(12)) - whole.readUInt32BE(12)
  const property = (value: number) =>
    String.fromCharCode(0, 0, 0, 3, 0, 0, 0, 4, 0, 0, name >> 8, name & 0xff, 0, 0, 0, value)
  return changed(whole, property(1), property(2))
}

test('less RAM than a VM needs', async () => {
  const large = await packed({ name: 'boot-ram', vms: [{ ...NEIGHBOUR, memory: '300M' }] })
  const args = [...machineArguments({ memory: '256M' }), '-kernel', large.image, '-initrd', large.bundle]
  const line = stops("the board's free RAM does not hold a VM's memory in one piece")
  await withBoard({ args }, (board) => expectParked(board, line))
})

test('fewer cores than the VMs need', async () => {
  const args = withInitrd('whole', bundle, { cores: 1 })
  await withBoard({ args }, (board) => expectParked(board, stops('a VM wants a core that the board lacks')))
})
