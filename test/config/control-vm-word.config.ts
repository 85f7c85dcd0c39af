// expect: vms[0].control: 'yes' does not fit here; write true or false
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), control: 'yes' }],
}
