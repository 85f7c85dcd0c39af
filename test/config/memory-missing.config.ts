// expect: vms[0].memory: is missing; write a size such as memory: '256M'
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', kernel }],
}
