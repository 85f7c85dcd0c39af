// expect: it ends at byte 56, before what its header promises
import { file } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    {
      name: 'a',
      memory: '64M',
      kernel: file('MZ\0\0zimg, and then nothing of what such a file has to hold'.slice(0, 56)),
    },
  ],
}
