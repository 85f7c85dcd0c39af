// expect: vms[0].cpu.budget: a budget of 10us is too little to get anywhere; write '50us' or more
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), cpu: { cores: [1], budget: '10us', period: '10ms' } }],
}
