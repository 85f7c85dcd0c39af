// expect: vms[0].cpu.spare: 'yes' does not fit here; write true or false
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(image()),
      cpu: { cores: [1], budget: '2ms', period: '10ms', spare: 'yes' },
    },
  ],
}
