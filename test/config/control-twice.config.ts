// expect: vms[1].control: 'a' steers the board already, and two would undo each other's work; leave it to one of them
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '64M', kernel: file(image()), control: true },
    { name: 'b', memory: '64M', kernel: file(image()), control: true },
  ],
}
