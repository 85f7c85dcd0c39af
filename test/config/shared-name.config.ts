// expect: sharedMemory.Ring: a memory is named by a letter and more of a-z, 0-9 and -; write a name such as 'ring'
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: { name: 'qemu-virt', memory: '2G' },
  sharedMemory: { Ring: { vms: ['a', 'b'], size: '4K' } },
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()) },
    { name: 'b', memory: '64M', kernel: file(image()) },
  ],
}
