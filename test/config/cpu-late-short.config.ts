// expect: vms[0].cpu.budget: core 1 cannot keep this in time: of its period of 1ms, 'b' with higher priority can take 1ms; write a longer period, or give all VMs on core 1 one priority
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cpu: { cores: [1], budget: '100us', period: '1ms', priority: 4 } },
    { memory: '64M', kernel, name: 'b', cpu: { cores: [1], budget: '2ms', period: '10ms', priority: 5 } },
  ],
}
