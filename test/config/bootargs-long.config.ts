// expect: vms[0].bootargs: the command line has 3000 characters; shorten it to 2047
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), bootargs: 'x'.repeat(3000) }],
}
