// expect: vms[1].name: 'a' is the name of vms[0] already; choose another, such as 'a-1'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel },
    { name: 'a', memory: '64M', kernel },
  ],
}
