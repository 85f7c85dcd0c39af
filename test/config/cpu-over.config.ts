// expect: vms[1].cpu.budget: core 1 is promised 100.01 %: 'a' 80 %, 'b' 20 %; write budget: '200ms' or less
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cores: [1], share: 80 },
    { memory: '64M', kernel, name: 'b', cpu: { cores: [1], budget: '200001us', period: '1s' } },
  ],
}
