// expect: vms: all of them are templates: the board would have nothing to run; drop template: true from one, or add a VM
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), template: true, cores: [1] }],
}
