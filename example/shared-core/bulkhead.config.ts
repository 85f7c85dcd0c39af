/** Two VMs on one core, 80 to 20: both want all of it, each measures what it gets. */
import { assemblyscript, defineSystem } from 'bulkhead'

export default defineSystem({
  board: 'qemu-virt',
  vms: [
    { name: 'eighty', cores: [1], share: 80, memory: '1M', kernel: assemblyscript('main.ts') },
    { name: 'twenty', cores: [1], share: 20, memory: '1M', kernel: assemblyscript('main.ts') },
  ],
})
