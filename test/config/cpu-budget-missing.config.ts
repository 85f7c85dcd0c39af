// expect: vms[0].cpu.budget: is missing; write a duration such as budget: '2ms'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpu: { cores: [1], period: '10ms' } }],
}
