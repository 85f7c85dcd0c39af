// expect: vms[1].passthrough[0]: VM 'a' has i2c1 already; give it to one of them
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [
    { name: 'a', memory: '64M', kernel, passthrough: ['i2c1'] },
    { name: 'b', memory: '64M', kernel, passthrough: ['i2c1'] },
  ],
}
