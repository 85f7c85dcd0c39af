// expect: vms[0].name: the name has 40 characters, 31 fit
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a'.repeat(40), memory: '64M', kernel }],
}
