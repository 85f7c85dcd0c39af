// expect: vms[0].passthrough[0]: spi5 needs GPIO 14, where the console is; use another device
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: ['spi5'] }],
}
