/** The self-test's system for a board: the VM that tests, one that keeps crashing beside it, and a control loop that must not notice. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assemblyscript, defineSystem, virtio } from 'bulkhead'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** `resets`: the board resets, again and again, once the test is over; shows the way by which a critical VM does that. */
export function selftest(board: string, resets = false) {
  return defineSystem({
    name: `selftest-${board}${resets ? '-reset' : ''}`,
    board,
    hash: 'sha256',
    vms: [
      {
        name: 'selftest',
        cores: [1],
        memory: '2M',
        kernel: assemblyscript(join(HERE, 'guest/main.ts')),
        devices: ['uart', virtio.block({ size: '64K' })],
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
