// expect: vms[0].initrd: there is no file
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), initrd: 'no-such.cpio' }],
}
