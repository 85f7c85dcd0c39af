// expect: vms[0].kernel.load: an ELF file says itself where it goes; remove load
import { elf, file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: { file: file(elf()), load: 0x4008_0000 } }],
}
