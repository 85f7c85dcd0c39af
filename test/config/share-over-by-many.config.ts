// expect: vms[2].share: core 1 is promised 180 %: 'a' 60 %, 'b' 60 %, 'c' 60 %; take 80 % away from these VMs
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cores: [1], share: 60 },
    { memory: '64M', kernel, name: 'b', cores: [1], share: 60 },
    { memory: '64M', kernel, name: 'c', cores: [1], share: 60 },
  ],
}
