// expect: give the VM more memory
import { elf, file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(elf({ segments: [{ address: 0x4400_0000 }] })) }],
}
