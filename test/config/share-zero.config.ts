// expect: vms[0].share: 0 % of a core are too little to get anywhere; write at least 0.5
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), share: 0, cores: [1] }],
}
