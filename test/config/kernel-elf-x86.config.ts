// expect: it is an ELF file for x86-64, not for AArch64; build it for aarch64
import { elf, file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(elf({ machine: 62 })) }],
}
