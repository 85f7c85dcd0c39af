// expect: sharedMemory.ring.vms: 'a' is listed twice; list each VM once
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: { name: 'qemu-virt', memory: '2G' },
  sharedMemory: { ring: { vms: ['a', 'a'], output: '4K' } },
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()) },
    { name: 'b', memory: '64M', kernel: file(image()) },
  ],
}
