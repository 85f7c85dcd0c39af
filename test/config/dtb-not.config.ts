// expect: it is no device tree (wrong magic)
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), dtb: { file: file('x'.repeat(64)) } }],
}
