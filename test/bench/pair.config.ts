/** The same guest twice: what a further VM costs in memory. */
import { defineSystem } from 'bulkhead'

export default defineSystem({
  name: 'bench-pair',
  board: { name: 'qemu-virt', cpus: 2, memory: '256M' },
  vms: ['boot', 'pair'].map((name) => ({
    name,
    memory: '1M',
    kernel: '../../build/test/boot.img',
    onCrash: 'stop',
  })),
})
