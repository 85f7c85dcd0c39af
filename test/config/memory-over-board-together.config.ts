// expect: vms[1].memory: 600 MiB are more than the board can give
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [
    { name: 'a', memory: '600M', kernel },
    { name: 'b', memory: '600M', kernel },
  ],
}
