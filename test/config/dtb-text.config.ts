// expect: it is device-tree text; compile it: dtc
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), dtb: { file: file('/dts-v1/; / { };') } }],
}
