/** The bench guest alone on one core, as test/bench/run.ts boots it. */
import { assemblyscript, defineSystem } from 'bulkhead'

export default defineSystem({
  name: 'bench',
  board: { name: 'qemu-virt', cpus: 1, memory: '256M' },
  vms: [{ name: 'bench', memory: '1M', kernel: assemblyscript('guest.ts'), onCrash: 'stop' }],
})
