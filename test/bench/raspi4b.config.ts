/** The boot bench's guest twice on a Raspberry Pi 4 as QEMU plays it: from its firmware's hand-over to both. */
import { defineSystem } from 'bulkhead'

export default defineSystem({
  name: 'bench-raspi4b',
  board: 'rpi4',
  vms: [1, 2].map((core) => ({
    name: `boot-${core}`,
    cores: [core],
    memory: '1M',
    kernel: '../../build/test/boot.img',
    onCrash: 'stop',
  })),
})
