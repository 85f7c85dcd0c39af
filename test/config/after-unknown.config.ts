// expect: vms[1].after[0]: there is no VM 'c';
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a' },
    { ...vm, name: 'b', after: ['c'] },
  ],
}
