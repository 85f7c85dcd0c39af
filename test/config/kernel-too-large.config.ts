// expect: vms[0].memory: 64 MiB do not hold the kernel (80 MiB from 0x40200000) and the DTB
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image({ size: 80 * 2 ** 20 })) }],
}
