// expect: vms[0].initrd: the guest would not find this: there is no DTB to carry it
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), initrd: file('x'), dtb: false }],
}
