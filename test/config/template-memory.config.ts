// expect: vms[1].memory: 2 GiB are more than the board can give
import { file, image } from '../fake/kernel-file.ts'

const vm = { memory: '64M', kernel: file(image()) }

export default {
  board: 'qemu-virt',
  vms: [
    { ...vm, name: 'a' },
    { ...vm, name: 'b', memory: '2G', template: true, cores: [1] },
  ],
}
