// expect: vms[0].devices[0]: 'uarrt' is no device; did you mean 'uart'?
import { file, image } from '../fake/kernel-file.ts'

export default {
  board: 'qemu-virt',
  vms: [{ name: 'a', memory: '64M', kernel: file(image()), devices: ['uarrt'] }],
}
