// expect: vms[0].kernel.entry: 0x40080002 is no multiple of 4
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: { file: file('just some code'), load: 0x4008_0000, entry: 0x4008_0002 },
    },
  ],
}
