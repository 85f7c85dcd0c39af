// expect: it is a 32-bit Arm kernel (zImage), and compressed; use an arm64 Image
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(`${'\0'.repeat(0x24)}\x18\x28\x6f\x01`) }],
}
