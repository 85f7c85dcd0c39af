// expect: vms[0].bootargs: the command line holds a NUL at position 5; write printable ASCII only
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), bootargs: 'quiet\0' }],
}
