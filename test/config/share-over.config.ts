// expect: vms[1].share: core 1 is promised 110 %: 'a' 80 %, 'b' 30 %; write share: 20 or less
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cores: [1], share: 80 },
    { memory: '64M', kernel, name: 'b', cores: [1], share: 30 },
  ],
}
