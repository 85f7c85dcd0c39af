// expect: vms[0].name: 'My Linux' is no name: it starts with a letter and has only a-z, 0-9 and -; write 'my-linux'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'My Linux', memory: '64M', kernel }],
}
