// expect: vms[0].cpu.budget: '2 msec' is no duration; write one such as '500us' or '2ms'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpu: { cores: [1], budget: '2 msec', period: '10ms' } }],
}
