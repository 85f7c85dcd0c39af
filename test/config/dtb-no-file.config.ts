// expect: vms[0].dtb.file: there is no file
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), dtb: { file: 'no-such.dtb' } }],
}
