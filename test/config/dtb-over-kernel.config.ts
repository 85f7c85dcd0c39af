// expect: overlaps the kernel at 0x40200000..0x40200fff; choose another address
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), dtb: { address: 0x4020_0000 } }],
}
