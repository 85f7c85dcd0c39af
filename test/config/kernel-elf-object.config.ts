// expect: it is an ELF object file that was never linked; link it
import { elf, file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(elf({ type: 1 })) }],
}
