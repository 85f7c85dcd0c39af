// expect: vms[1].share: core 1 is promised 110 %: 'a' 60 %, 'b' 50 %; write share: 40 or less
// expect: vms[1].share: core 2 is promised 110 %: 'a' 60 %, 'b' 50 %; write share: 40 or less
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { memory: '64M', kernel, name: 'a', cores: [1, 2], share: 60 },
    { memory: '64M', kernel, name: 'b', cores: [1, 2], share: 50 },
  ],
}
