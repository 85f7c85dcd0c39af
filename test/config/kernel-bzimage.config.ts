// expect: it is an x86 kernel (bzImage); use an arm64 Image
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(`${'\0'.repeat(0x202)}HdrS`) }],
}
