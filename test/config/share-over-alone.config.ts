// expect: vms[0].share: core 1 is promised 160 %: 'a' 80 %, 'a' 80 %; write share: 50 or less
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), share: 80, cores: [1, 1] }],
}
