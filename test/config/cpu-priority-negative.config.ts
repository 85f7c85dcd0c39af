// expect: vms[0].cpu.priority: -1 is no priority; write 0 to 255, the most urgent
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      cpu: { cores: [1], budget: '2ms', period: '10ms', priority: -1 },
    },
  ],
}
