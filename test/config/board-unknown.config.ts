// expect: board: 'qemu-vrit' is no known board; did you mean 'qemu-virt'?
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-vrit',
  vms: [{ name: 'a', memory: '64M', kernel }],
}
