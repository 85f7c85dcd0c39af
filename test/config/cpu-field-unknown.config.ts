// expect: vms[0].cpu.prority: there is no such field; did you mean 'priority'? (known: cores, budget, period, priority, spare)
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), cpu: { cores: [1], budget: '2ms', period: '10ms', prority: 5 } },
  ],
}
