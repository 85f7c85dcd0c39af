/** A byte of an image that has changed since the build: its VM does not start, and says why; the others run. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { withBoard } from './harness/board.ts'
import { broken } from './harness/broken.ts'
import { expectTicking, NEIGHBOUR } from './harness/neighbour.ts'
import { argumentsFor, type Packed, packed } from './harness/system.ts'

/** The system with one bit changed in the middle of what `image` holds. */
function damaged(system: Packed, image: string): Packed {
  const bytes = readFileSync(system.bundle)
  const content = readFileSync(join(dirname(system.bundle), 'image', image))
  const at = bytes.indexOf(content) + Math.floor(content.length / 2)
  bytes[at]! ^= 0x10
  const bundle = `${system.bundle}.damaged`
  writeFileSync(bundle, bytes)
  return { ...system, bundle }
}

test.each(['crc32', 'sha256'] as const)('%s: the VM stays off, its neighbour runs', async (hash) => {
  const whole = await packed({
    name: `damaged-${hash}`,
    vms: [NEIGHBOUR, broken('none', { onShutdown: 'restart' })],
    hash,
  })
  await withBoard({ args: argumentsFor(whole), vmNames: whole.vmNames }, async (board) => {
    await board.line('broken', /^asks for it/)
  })
  const system = damaged(whole, 'broken-kernel')
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'broken' cannot start: image 0 does not match its hash; build the bundle again/)
    await expectTicking(board)
    expect(board.linesOf('broken')).toEqual([])
  })
})

test('of the only VM: nothing runs, and the board goes off', async () => {
  const system = damaged(await packed({ name: 'damaged-only', vms: [broken('none')] }), 'broken-kernel')
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'broken' cannot start/)
    expect(await board.off()).toBe(0)
    expect(board.linesOf('broken')).toEqual([])
  })
})
