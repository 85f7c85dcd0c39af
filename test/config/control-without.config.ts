// expect: vms[0].control: nobody may: the config says control: false; remove one of the two
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  control: false,
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), control: true }],
}
