/** VMs' disks on the board's own, which QEMU plays: what Linux writes there is right, and there in the next life and after the power
 * came back; neighbours have their own. */
import { describe, expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { debian } from '../../tool/config/source.ts'
import { StorageFault } from '../fault/fault.ts'
import { type Board, withBoard } from './harness/board.ts'
import { placeOf } from './harness/broken.ts'
import { debianInitrd } from './harness/debian-initrd.ts'
import { FIO_LIBRARIES, FIO_PROGRAM, fioClients } from './harness/fio.ts'
import { storedDisk } from './harness/stored-disk.ts'
import { argumentsFor, packed } from './harness/system.ts'

const PROMPT = /^\/root # $/
const CTRL_BRACKET = '\x1d'
const VERIFY = 'fio --name=v --filename=/mnt/data --size=3M --rw=randwrite --bs=4k --verify=crc32c --ioengine=libaio'

async function linux(name: string, partition: string | number, lines: string[] = []): Promise<VmConfig> {
  return {
    name,
    memory: '160M',
    kernel: debian.kernel(),
    initrd: await debianInitrd({
      programs: FIO_PROGRAM,
      libraries: FIO_LIBRARIES,
      shared: await fioClients(),
      modules: ['virtio_mmio', 'virtio_blk'],
      lines: ['mkdir -p /mnt', 'mount -t ext4 /dev/vda /mnt', ...lines, 'cd /root'],
    }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart', virtio.block({ disk: 'main', partition })],
  }
}

async function shell(board: Board, vms: readonly string[], name: string) {
  board.type(`${CTRL_BRACKET}${vms.indexOf(name) + 1}`)
  await board.report(new RegExp(`^screen and keyboard: ${name}`))
  return async (command: string, answer: RegExp, seconds?: number) => {
    board.type(`${command}\n`)
    return board.line(name, answer, seconds)
  }
}

async function off(board: Board, name: string): Promise<void> {
  board.type('umount /mnt; poweroff -f\n')
  await board.report(new RegExp(`^VM '${name}' powered itself off`))
}

describe.each([2, 3] as const)('two Linux VMs on two partitions, GICv%d', (gic) => {
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

test('a service that fails at some requests gives these up alone: fio verifies meanwhile', async () => {
  const disk = await storedDisk('storage-fault', { bad: 1, good: 24 })
  const vms = [await linux('left', 'good'), { ...(await linux('right', 'bad')), name: 'right' }]
  const entries = { storage: 'test/fault/storage.ts' }
  const system = await packed({ name: 'storage-fault', vms, entries, board: { memory: '640M' } })
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
