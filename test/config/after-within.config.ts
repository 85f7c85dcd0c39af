// expect: vms[1].after[0].within: a wait for others of 3600s is none that is kept; write '1ms' to '600s'
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a' },
    { ...vm, name: 'b', after: [{ vm: 'a', ready: true, within: '3600s' }] },
  ],
}
