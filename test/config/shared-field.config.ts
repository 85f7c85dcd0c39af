// expect: sharedMemory.ring.peers: there is no such field
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: { name: 'qemu-virt', memory: '2G' },
  sharedMemory: { ring: { vms: ['a', 'b'], size: '4K', peers: 2 } },
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()) },
    { name: 'b', memory: '64M', kernel: file(image()) },
  ],
}
