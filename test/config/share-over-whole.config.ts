// expect: vms[0].share: 120 % of a core are more than the whole; write at most 100
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), share: 120, cores: [1] }],
}
