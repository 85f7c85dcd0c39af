// expect: vms[0].bootargs: the guest would not see this: there is no DTB to carry it; remove it
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), bootargs: 'quiet', dtb: false }],
}
