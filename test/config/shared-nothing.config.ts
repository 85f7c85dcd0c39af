// expect: sharedMemory.ring: a memory of no bytes; say size: '64K' for what all write, or output: '16K' for what each writes alone
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: { name: 'qemu-virt', memory: '2G' },
  sharedMemory: { ring: { vms: ['a', 'b'] } },
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()) },
    { name: 'b', memory: '64M', kernel: file(image()) },
  ],
}
