// expect: vms[0].after[0]: boot does not start 'b'; leave it out, or drop its autostart: false
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a', after: ['b'] },
    { ...vm, name: 'b', autostart: false },
  ],
}
