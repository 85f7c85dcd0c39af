/** A storage service that fails: the VM whose request it fails at hears of it, and its neighbour's fio does not. */
import { test } from 'vitest'
import { StorageFault } from '../fault/fault.ts'
import { withBoard } from './harness/board.ts'
import { placeOf } from './harness/broken.ts'
import { linux, PROMPT, shell, VERIFY } from './harness/linux-disk.ts'
import { storedDisk } from './harness/stored-disk.ts'
import { argumentsFor, packed } from './harness/system.ts'

test('a service that fails at some requests gives these up alone: fio verifies meanwhile', async () => {
  const disk = await storedDisk('storage-fault', { bad: 1, good: 24 })
  const vms = [await linux('left', 'good'), { ...(await linux('right', 'bad')), name: 'right' }]
  const system = await packed({ name: 'storage-fault', vms, isFaulty: true, board: { memory: '640M' } })
  await withBoard({ args: argumentsFor(system, { disk }), vmNames: system.vmNames }, async (board) => {
    await Promise.all(system.vmNames.map((name) => board.line(name, PROMPT)))
    const left = await shell(board, system.vmNames, 'left')
    await left(
      `(${VERIFY} --iodepth=16 --direct=1 --loops=3 > /tmp/fio; echo fio $? $(grep -cE "err= *[1-9]|verify: bad" /tmp/fio)) & echo runs`,
      /^runs$/,
    )
    const right = await shell(board, system.vmNames, 'right')
    // Each is tried three times, twice by Linux: later faults of a service that fails so often are not told of.
    for (const sector of [StorageFault.Trap, StorageFault.WriteBehind, StorageFault.Loop]) {
      const block = (sector - 2048) / 8
      const read = `dd if=/dev/vda of=/dev/null bs=4k count=1 skip=${block}; echo read ${sector}: $?`
      await right(read, new RegExp(`^read ${sector}: 1$`))
    }
    const place = placeOf('storage', 'StorageFault.Trap')
    await board.report(
      new RegExp(
        `^the storage failed \\(fault 3\\): unreachable code at .*${place}, pc 0x40[0-9a-f]{8}; it began anew$`,
      ),
    )
    await right('dd if=/dev/vda of=/dev/null bs=4k count=1 skip=240 2>/dev/null; echo good: $?', /^good: 0$/)
    await shell(board, system.vmNames, 'left')
    await board.line('left', /(^|# )fio 0 0$/)
  })
})
