// expect: vms[0].dtb: 'none' does not fit here; write 'generated', false, or
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), dtb: 'none' }],
}
