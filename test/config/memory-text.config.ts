// expect: vms[0].memory: "300 MB" is no size; write '256M', '1G' or a number of bytes
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '300 MB', kernel }],
}
