// expect: vms[0].memory: 2 GiB are more than the board can give: qemu-virt has 1 GiB of RAM
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '2G', kernel }],
}
