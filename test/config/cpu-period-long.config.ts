// expect: vms[0].cpu.period: a period of 2s is too long; write '100us' to '1s'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpu: { cores: [1], budget: '1s', period: '2s' } }],
}
