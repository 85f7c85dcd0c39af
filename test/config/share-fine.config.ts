// expect: vms[0].share: 33.333 % is finer than a hundredth of a percent; write 33.33
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), share: 33.333, cores: [1] }],
}
