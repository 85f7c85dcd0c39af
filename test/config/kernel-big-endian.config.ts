// expect: it is a big-endian kernel
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image({ flags: 1 })) }],
}
