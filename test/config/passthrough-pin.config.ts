// expect: vms[0].passthrough[1]: i2c3 and uart3 both need GPIO 4; use another device
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: ['uart3', 'i2c3'] }],
}
