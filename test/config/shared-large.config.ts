// expect: sharedMemory.c: the shared memories together are too large; have 700M of them at most
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: { name: 'qemu-virt', memory: '2G' },
  sharedMemory: {
    a: { vms: ['a', 'b'], size: '256M' },
    b: { vms: ['a', 'b'], size: '256M' },
    c: { vms: ['a', 'b'], size: '256M' },
    d: { vms: ['a', 'b'], size: '256M' },
  },
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()) },
    { name: 'b', memory: '64M', kernel: file(image()) },
  ],
}
