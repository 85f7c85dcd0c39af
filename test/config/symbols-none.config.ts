// expect: names no function; use the kernel's System.map, or an ELF file that is not stripped
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), symbols: file('nothing of this kind\n') }],
}
