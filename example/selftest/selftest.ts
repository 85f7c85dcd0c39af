/** The self-test's system for a board: the VM that tests, one that keeps crashing beside it, and a control loop that must not notice. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assemblyscript, defineSystem, virtio } from 'bulkhead'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Of the board's disks the one that is tested: a partition of its own on a card, or in the file that is the disk in QEMU. */
const DISKS: Record<string, string> = { 'qemu-virt': 'main', rpi4: 'sd', zcu102: 'sd' }
const PARTITION = 'selftest'

/** `resets`: the board resets, again and again, once the test is over; shows the way by which a critical VM does that. */
export function selftest(board: string, resets = false) {
  const disk = DISKS[board]!
  return defineSystem({
    name: `selftest-${board}${resets ? '-reset' : ''}`,
    board,
    hash: 'sha256',
    disks: {
      [disk]: { file: join(HERE, `../../build/selftest-${board}.disk`), partitions: { [PARTITION]: { size: '8M' } } },
    },
    vms: [
      {
        name: 'selftest',
        cores: [1],
        memory: '2M',
        kernel: assemblyscript(join(HERE, 'guest/main.ts')),
        devices: ['uart', virtio.block({ size: '64K' }), virtio.block({ disk, partition: PARTITION })],
        onCrash: 'stop',
        critical: resets,
      },
      {
        name: 'crash',
        cores: [2],
        memory: '1M',
        kernel: assemblyscript(join(HERE, 'guest/crash.S')),
        restarts: { limit: 3 },
      },
      {
        name: 'pulse',
        cores: [3],
        memory: '1M',
        kernel: assemblyscript(join(HERE, '../pulse/main.ts')),
        onCrash: 'stop',
      },
    ],
  })
}
