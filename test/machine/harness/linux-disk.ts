/** Linux VMs with an ext4 partition of the board's disk, and fio. */
import type { VmConfig } from '../../../tool/config/define.ts'
import { virtio } from '../../../tool/config/device.ts'
import { debian } from '../../../tool/config/source.ts'
import type { Board } from './board.ts'
import { debianInitrd } from './debian-initrd.ts'
import { FIO_LIBRARIES, FIO_PROGRAM, fioClients } from './fio.ts'

export const PROMPT = /^\/root # $/
const CTRL_BRACKET = '\x1d'
export const VERIFY =
  'fio --name=v --filename=/mnt/data --size=3M --rw=randwrite --bs=4k --verify=crc32c --ioengine=libaio'

export async function linux(name: string, partition: string | number, lines: string[] = []): Promise<VmConfig> {
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

export async function shell(board: Board, vms: readonly string[], name: string) {
  board.type(`${CTRL_BRACKET}${vms.indexOf(name) + 1}`)
  await board.report(new RegExp(`^screen and keyboard: ${name}`))
  return async (command: string, answer: RegExp, seconds?: number) => {
    board.type(`${command}\n`)
    return board.line(name, answer, seconds)
  }
}
