// expect: vms: is missing; write vms: [
// expect: vm: there is no such field; did you mean 'vms'?
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vm: [{ name: 'a', memory: '64M', kernel }],
}
