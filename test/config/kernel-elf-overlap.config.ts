// expect: its segments 0x40080000..0x4008000f and 0x40080008..0x40080017 overlap; link it again
import { elf, file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file(elf({ segments: [{ address: 0x4008_0000 }, { address: 0x4008_0008 }] })),
    },
  ],
}
