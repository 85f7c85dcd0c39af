// expect: vms[0].cpu: 1 does not fit here; write cpu: { cores: [1], budget: '2ms', period: '10ms', priority: 5 }
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpu: 1 }],
}
