// expect: vms[0].passthrough: 'uart3' does not fit here; write a list of the board's devices, such as passthrough: ['uart3']
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: 'uart3' }],
}
