// expect: vms[0].cpu.budget: a budget of 20ms does not fit into a period of 10ms; write '10ms' or less
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpu: { cores: [1], budget: '20ms', period: '10ms' } }],
}
