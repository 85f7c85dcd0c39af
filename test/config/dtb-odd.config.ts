// expect: vms[0].dtb.address: 0x40000004 is no multiple of 8, as a DTB needs; write 0x40000008
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), dtb: { address: 0x4000_0004 } }],
}
