/** One guest of 10 KiB: how long it takes from reset to its first instruction. */
import { defineSystem } from 'bulkhead'

export default defineSystem({
  name: 'bench-boot',
  board: { name: 'qemu-virt', cpus: 1, memory: '256M' },
  vms: [{ name: 'boot', memory: '1M', kernel: '../../build/test/boot.img', onCrash: 'stop' }],
})
