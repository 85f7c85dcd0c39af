// expect: sharedMemory.ring.vms: a memory that nobody shares; name two VMs or more: vms: ['one', 'two']
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: { name: 'qemu-virt', memory: '2G' },
  sharedMemory: { ring: { vms: ['a'], output: '4K' } },
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()) },
    { name: 'b', memory: '64M', kernel: file(image()) },
  ],
}
