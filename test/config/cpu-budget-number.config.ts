// expect: vms[0].cpu.budget: 2 does not fit here; write a duration such as budget: '2ms'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpu: { cores: [1], budget: 2, period: '10ms' } }],
}
