// expect: vms[0].after[0]: 'b' waits for 'a' itself; leave one of the two out
// expect: vms[1].after[0]: 'a' waits for 'b' itself; leave one of the two out
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a', after: ['b'] },
    { ...vm, name: 'b', after: ['a'] },
  ],
}
