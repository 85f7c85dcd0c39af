/** VMs' disks on the board's own, which QEMU plays: what Linux writes there is right, and there in the next life and after the power
 * came back; neighbours have their own. */
import { describe, expect, test } from 'vitest'
import { type Board, withBoard } from './harness/board.ts'
import { linux, PROMPT, shell, VERIFY } from './harness/linux-disk.ts'
import { some } from './harness/some.ts'
import { storedDisk } from './harness/stored-disk.ts'
import { argumentsFor, packed } from './harness/system.ts'

async function off(board: Board, name: string): Promise<void> {
  board.type('umount /mnt; poweroff -f\n')
  await board.report(new RegExp(`^VM '${name}' powered itself off`))
}

describe.each(some([2, 3] as const, [3] as const))('two Linux VMs on two partitions, GICv%d', (gic) => {
  test('fio verifies, and what was written stays', async () => {
    const disk = await storedDisk(`storage-${gic}`, { one: 24, two: 8 })
    const vms = [await linux('left', 'one'), await linux('right', 2)]
    const system = await packed({ name: `storage-${gic}`, vms, board: { memory: '640M' } })
    const start = { args: argumentsFor(system, { gic, disk }), vmNames: system.vmNames }
    const sums: Record<string, string> = {}
    await withBoard(start, async (board) => {
      await board.report(/^VM 'left' has its disk 0, partition 'one': 24 MiB$/)
      await board.report(/^VM 'right' has its disk 0, partition 2: 8 MiB$/)
      await Promise.all(system.vmNames.map((name) => board.line(name, PROMPT)))
      const left = await shell(board, system.vmNames, 'left')
      await left(`${VERIFY} --iodepth=16 --direct=1 | grep -E "err=|verify:"; echo verified $?`, /^verified 0$/)
      expect(board.linesOf('left').filter((line) => /err= *[1-9]|verify: bad/.test(line))).toEqual([])
      await left('fstrim -v /mnt', /^\/mnt: .*trimmed/)
      await left('dd if=/dev/urandom of=/mnt/kept bs=64k count=40 2>/dev/null; sync; echo written', /^written$/)
      sums.left = (await left('md5sum /mnt/kept', /^([0-9a-f]{32}) /))[1]!
      board.type('reboot -f\n')
      await board.report(/^VM 'left' reset itself; it starts again$/)
      await board.line('left', PROMPT)
      await left('md5sum /mnt/kept', new RegExp(`^${sums.left} `))
      await off(board, 'left')
      const right = await shell(board, system.vmNames, 'right')
      await right('ls /mnt', /^lost\+found$/)
      await right('dd if=/dev/urandom of=/mnt/kept bs=1k count=999 2>/dev/null; sync; echo written', /^written$/)
      sums.right = (await right('md5sum /mnt/kept', /^([0-9a-f]{32}) /))[1]!
      await off(board, 'right')
      expect(await board.off()).toBe(0)
    })
    await withBoard(start, async (board) => {
      await Promise.all(system.vmNames.map((name) => board.line(name, PROMPT)))
      for (const name of system.vmNames) {
        const ask = await shell(board, system.vmNames, name)
        await ask('md5sum /mnt/kept', new RegExp(`^${sums[name]} `))
        await ask('dmesg | grep -ciE "error|recover"', /^0$/)
        await off(board, name)
      }
    })
  })
})

test('a VM whose partition is not there does not start, and says why; the others run', async () => {
  const disk = await storedDisk('storage-missing', { one: 8 })
  const vms = [await linux('left', 'one'), await linux('right', 'gone')]
  const system = await packed({ name: 'storage-missing', vms, board: { memory: '640M' } })
  await withBoard({ args: argumentsFor(system, { disk }), vmNames: system.vmNames }, async (board) => {
    await board.report(/^VM 'right' cannot start: its disk 0, partition 'gone': the disk has no such partition$/)
    await board.line('left', PROMPT)
    await shell(board, system.vmNames, 'left')
    await off(board, 'left')
    expect(await board.off()).toBe(0)
  })
  await withBoard({ args: argumentsFor(system), vmNames: system.vmNames }, async (board) => {
    for (const name of system.vmNames) {
      await board.report(new RegExp(`^VM '${name}' cannot start: .*the board has no such disk: attach one`))
    }
  })
})
