// expect: reaches past the end of the file; get or build it again
import { elf, file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(elf().subarray(0, 124)) }],
}
