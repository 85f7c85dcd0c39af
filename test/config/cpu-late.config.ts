// expect: vms[0].share: core 1 cannot keep this in time: of its period of 10ms, 'b' with higher priority can take 3600us; write share: 64 or less, or give all VMs on core 1 one priority
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cores: [1], share: 80 },
    { memory: '64M', kernel, name: 'b', cpu: { cores: [1], budget: '2ms', period: '10ms', priority: 5 } },
  ],
}
