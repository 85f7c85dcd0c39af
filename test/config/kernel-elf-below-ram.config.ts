// expect: its segment 0x80000..0x8000f is not inside the VM's RAM 0x40000000..0x43ffffff; link it for 0x40000000 or above
import { elf, file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(elf({ segments: [{ address: 0x8_0000 }] })) }],
}
