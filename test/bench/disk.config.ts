/** A guest that reads a disk in RAM and prints lines, alone on one core, as test/bench/run.ts boots it. */
import { assemblyscript, defineSystem, virtio } from 'bulkhead'

export default defineSystem({
  name: 'bench-disk',
  board: { name: 'qemu-virt', cpus: 1, memory: '256M' },
  vms: [
    {
      name: 'disk',
      memory: '4M',
      kernel: assemblyscript('program/disk.ts'),
      devices: ['uart', virtio.block({ size: '1M' }), virtio.console()],
      onCrash: 'stop',
    },
  ],
})
