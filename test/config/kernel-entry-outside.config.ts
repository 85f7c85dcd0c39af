// expect: vms[0].kernel.entry: 0x40100000 is not inside the kernel, 0x40080000..0x4008000d; write an address inside, such as 0x40080000
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: { file: file('just some code'), load: 0x4008_0000, entry: 0x4010_0000 },
    },
  ],
}
