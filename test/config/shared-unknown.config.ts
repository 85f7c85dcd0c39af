// expect: sharedMemory.ring.vms[1]: there is no VM 'bb'; did you mean 'b'?
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: { name: 'qemu-virt', memory: '2G' },
  sharedMemory: { ring: { vms: ['a', 'bb'], output: '4K' } },
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()) },
    { name: 'b', memory: '64M', kernel: file(image()) },
  ],
}
