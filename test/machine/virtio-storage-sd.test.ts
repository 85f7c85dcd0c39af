/** A VM's disk on the SD card of a board, as QEMU plays it: what Linux writes there is there at the next boot. A Raspberry Pi 4's SD host
 * has no DMA there, a ZCU102's has. */
import { truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { VmConfig } from '../../tool/config/define.ts'
import { virtio } from '../../tool/config/device.ts'
import { debian } from '../../tool/config/source.ts'
import { withBoard } from './harness/board.ts'
import { storedDisk } from './harness/stored-disk.ts'
import { argumentsFor, packed } from './harness/system.ts'

const MiB = 2 ** 20
const PROMPT = /^\/root # $/
/** QEMU's cards have a power of two. */
const CARD = 64 * MiB

test.each([
  ['rpi4', 'no DMA: a core copies each word'],
  ['zcu102', 'reads and writes memory itself'],
])('ext4 on a partition of the card of %s, and there after the power came back', async (name, how) => {
  const disk = await storedDisk(`storage-sd-${name}`, { one: 24 })
  truncateSync(disk, CARD)
  const linux: VmConfig = {
    name: 'linux',
    memory: '160M',
    kernel: debian.kernel(),
    initrd: debian.busyboxInitrd({
      modules: ['virtio_mmio', 'virtio_blk'],
      lines: ['mkdir -p /mnt', 'mount -t ext4 /dev/vda /mnt', 'cd /root'],
    }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart', virtio.block({ disk: 'sd', partition: 'one' })],
  }
  const system = await packed({ name: `storage-sd-${name}`, vms: [linux], board: { name } })
  const start = { args: argumentsFor(system, { gic: 2, disk }), vmNames: system.vmNames }
  let sum = ''
  await withBoard(start, async (board) => {
    await board.report(new RegExp(`^the board's disk has 64 MiB, and ${how}$`))
    await board.report(/^VM 'linux' has its disk 0, partition 'one': 24 MiB$/)
    await board.line('linux', PROMPT)
    board.type('dd if=/dev/urandom of=/mnt/kept bs=10k count=60 2>/dev/null; md5sum /mnt/kept; sync; echo written\n')
    sum = (await board.line('linux', /^([0-9a-f]{32}) /))[1]!
    await board.line('linux', /^written$/)
    board.type('echo 3 > /proc/sys/vm/drop_caches; md5sum /mnt/kept; umount /mnt; poweroff -f\n')
    await board.line('linux', new RegExp(`^${sum} `))
    await board.report(/^VM 'linux' powered itself off/)
  })
  await withBoard(start, async (board) => {
    await board.line('linux', PROMPT)
    board.type('md5sum /mnt/kept; dmesg | grep -ciE "I/O error|recover"\n')
    await board.line('linux', new RegExp(`^${sum} `))
    expect((await board.line('linux', /^(\d+)$/))[1]).toBe('0')
  })
})
