/** One guest of 10 KiB that crashes, and is started again once. */
import { defineSystem } from 'bulkhead'

export default defineSystem({
  name: 'bench-again',
  board: { name: 'qemu-virt', cpus: 1, memory: '256M' },
  vms: [
    {
      name: 'again',
      memory: '1M',
      kernel: '../../build/test/again.img',
      restarts: { limit: 1 },
    },
  ],
})
