// expect: vms[0].passthrough[1]: 'uart3' is listed twice; list it once
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: ['uart3', 'uart3'] }],
}
