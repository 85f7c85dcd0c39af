/**
 * The power goes at any moment: QEMU is killed while a guest writes numbered records and flushes. What a flush had acknowledged is on
 * the disk, whole. `npm run power-cut` does it 200 times.
 */
import { openSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { virtio } from '../../tool/config/device.ts'
import { assemblyscript } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { storedDisk } from './harness/stored-disk.ts'
import { argumentsFor, packed } from './harness/system.ts'

const CUTS = Number(process.env.POWER_CUTS ?? 6)
const MiB = 2 ** 20
/** As in test/guest/device/power-cut.ts. */
const PLACES = 512
const SIZE = 4096
const BATCH = 8
/** storedDisk puts the first partition there. */
const START = MiB
const FLUSHES_MOST = 120
/** Milliseconds. */
const LATER_MOST = 20

/** The number of the record at `place`; undefined if it is not whole. */
function recordAt(disk: number, place: number): number | undefined {
  const bytes = Buffer.alloc(SIZE)
  readSync(disk, bytes, 0, SIZE, START + place * SIZE)
  const words = Array.from({ length: SIZE / 8 }, (_, i) => bytes.readBigUInt64LE(i * 8))
  const number = words[0]! >> 16n
  const isWhole =
    number === 0n
      ? words.every((word) => word === 0n)
      : words.every((word, i) => word === ((number << 16n) | BigInt(i)))
  return isWhole ? Number(number) : undefined
}

test(`${CUTS} cuts, and nothing that was flushed is lost`, { timeout: 60_000 + CUTS * 30_000 }, async () => {
  const disk = await storedDisk('power-cut', { data: 4 }, true)
  const kernel = assemblyscript('../../test/guest/device/power-cut.ts')
  const devices = ['uart' as const, virtio.block({ disk: 'main', partition: 'data' })]
  const system = await packed({ name: 'power-cut', vms: [{ name: 'writer', memory: '4M', kernel, devices }] })
  const file = openSync(disk, 'r')
  let flushed = 0
  for (let cut = 0; cut < CUTS; cut++) {
    const gic = cut % 2 ? 2 : 3
    const args = argumentsFor(system, { gic, icount: false, disk })
    await withBoard({ args, vmNames: system.vmNames }, async (board) => {
      const found = Number((await board.line('writer', /^found (\d+)\.$/))[1])
      expect(found).toBeGreaterThanOrEqual(flushed)
      for (let left = 1 + Math.floor(Math.random() * FLUSHES_MOST); left; left--)
        await board.line('writer', /^flushed \d+\.$/)
      await sleep(Math.random() * LATER_MOST)
      process.kill(board.pid, 'SIGKILL')
      await board.ended
      const said = board.linesOf('writer').flatMap((line) => /^flushed (\d+)\.$/.exec(line)?.[1] ?? [])
      flushed = Number(said.at(-1))
      expect(board.linesOf('writer').filter((line) => /failed/.test(line))).toEqual([])
    })
    // Those that may have been overwritten since by records that nobody acknowledged are left out.
    const oldest = Math.max(1, flushed + 2 * BATCH - PLACES + 1)
    const lost = []
    for (let number = oldest; number <= flushed; number++) {
      if (recordAt(file, number % PLACES) !== number) lost.push(number)
    }
    expect(lost).toEqual([])
  }
})
