// expect: vms[0].bootarg: there is no such field; did you mean 'bootargs'?
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), bootarg: 'quiet' }],
}
