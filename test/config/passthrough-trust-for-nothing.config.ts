// expect: vms[0].trustedDma: none of its devices reads or writes memory by itself; remove it
import { file, image } from '../fake/kernel-file.ts'

const kernel = file(image())

export default {
  board: 'rpi4',
  vms: [{ name: 'a', memory: '64M', kernel, passthrough: ['uart3'], trustedDma: true }],
}
