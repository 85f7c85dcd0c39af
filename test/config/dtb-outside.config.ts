// expect: vms[0].dtb.address: the DTB at 0x8000000..
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), dtb: { address: 0x800_0000 } }],
}
